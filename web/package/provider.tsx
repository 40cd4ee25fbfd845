/** What every component here needs around it: where the server is, what is known of it, and the look. */
import createCache from "@emotion/cache";
import { CacheProvider } from "@emotion/react";
import { ThemeProvider, useColorScheme } from "@mui/material/styles";
import { QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useLayoutEffect, useState } from "react";

import { createQueryClient } from "@/api/query-client";
import { setTransport } from "@/api/transport";
import { LiveRegions } from "@/components/live-regions";
import { TipLayer } from "@/components/tip-layer";
import type { Mode } from "@/theme/mode";
import { theme } from "@/theme/theme";
import { SchemeContext, useSchemeOf } from "@/theme/use-scheme";

export interface TertuliaProviderProps {
  /** Where the server is; this page's own origin when not named. A page has one server. */
  readonly baseUrl?: string;
  /** Sent with every request, such as `{ Authorization: "Bearer …" }`; a function is asked anew for each. */
  readonly headers?: Headers | (() => Headers);
  readonly mode?: Mode;
  /** Of your content security policy, for the styles. */
  readonly nonce?: string;
  readonly children: ReactNode;
}

type Headers = Readonly<Record<string, string>>;

const NONE: Headers = {};

export function TertuliaProvider(props: TertuliaProviderProps) {
  const { baseUrl = "", headers = NONE, mode = "system", nonce, children } = props;
  const scheme = useSchemeOf(mode);
  const [queries] = useState(createQueryClient);
  const [styles] = useState(() => createCache({ key: "t", ...(nonce !== undefined && { nonce }) }));
  // Before anything within asks for anything: that happens once all is drawn.
  useLayoutEffect(() => {
    setTransport({
      base: baseUrl.replace(/\/+$/, ""),
      headers: typeof headers === "function" ? headers : () => headers,
    });
  }, [baseUrl, headers]);
  return (
    <CacheProvider value={styles}>
      <QueryClientProvider client={queries}>
        <ThemeProvider theme={theme} defaultMode={mode} storageManager={null} noSsr>
          <Scheme mode={mode} />
          <SchemeContext value={scheme}>
            <LiveRegions />
            <TipLayer />
            {children}
          </SchemeContext>
        </ThemeProvider>
      </QueryClientProvider>
    </CacheProvider>
  );
}

function Scheme({ mode }: { readonly mode: Mode }) {
  const { setMode } = useColorScheme();
  useEffect(() => setMode(mode), [setMode, mode]);
  return null;
}
