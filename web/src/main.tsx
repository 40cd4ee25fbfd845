/** Where the page begins: what everything in it needs, around the app. */
import { CacheProvider } from "@emotion/react";
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";

import { createQueryClient } from "@/api/query-client";
import { fetchAhead } from "@/app/ahead";
import { App } from "@/app/app";
import "@/components/arrival";
import "@/components/install";
import { speech } from "@/i18n";
import { beginToSpeak } from "@/i18n/languages";
import { stylesFor } from "@/theme/styles";

const queries = createQueryClient();
fetchAhead(queries, location.pathname);

const element = document.getElementById("root");
if (element === null) throw new Error("index.html has no #root");
const root = createRoot(element);

/** What may stand in a frame of others is never the whole page, wherever it leads. */
const Page = location.pathname.startsWith("/embed/")
  ? lazy(async () => ({ default: (await import("@/app/embed/embed-app")).EmbedApp }))
  : App;

/** Another language draws the page anew: its words stand in what was drawn once and kept. */
async function draw(): Promise<void> {
  const { tag, direction } = speech();
  const styles = await stylesFor(direction);
  root.render(
    <StrictMode>
      <CacheProvider value={styles}>
        <QueryClientProvider client={queries}>
          <Suspense>
            <Page key={tag} />
          </Suspense>
        </QueryClientProvider>
      </CacheProvider>
    </StrictMode>,
  );
}

void beginToSpeak(draw);
