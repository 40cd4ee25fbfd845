/** Where the page begins: what everything in it needs, around the app. */
import createCache from "@emotion/cache";
import { CacheProvider } from "@emotion/react";
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";

import { createQueryClient } from "@/api/query-client";
import { App } from "@/app/app";
import "@/components/arrival";

/** The server allows only styles that carry the nonce of this answer; Vite put it into a meta tag. */
const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce;
const styles = createCache({ key: "t", prepend: true, ...(nonce && { nonce }) });
const queries = createQueryClient();

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

/** What may stand in a frame of others is never the whole page, wherever it leads. */
const Page = location.pathname.startsWith("/embed/")
  ? lazy(async () => ({ default: (await import("@/app/embed/embed-app")).EmbedApp }))
  : App;

createRoot(root).render(
  <StrictMode>
    <CacheProvider value={styles}>
      <QueryClientProvider client={queries}>
        <Suspense>
          <Page />
        </Suspense>
      </QueryClientProvider>
    </CacheProvider>
  </StrictMode>,
);
