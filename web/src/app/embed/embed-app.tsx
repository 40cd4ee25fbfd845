/**
 * A talk in a frame on a page of others: no sidebar, no way around, one agent.
 *
 * The rules it keeps: with a host, nothing is asked of the server before that has said who writes;
 * who writes is held in memory; what the host says of the look is not kept for the page itself.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";
import { ErrorBoundary } from "react-error-boundary";
import { Router } from "wouter";
import { navigate } from "wouter/use-browser-location";

import { tell } from "@/api/line";
import { setTransport } from "@/api/transport";
import { LiveRegions } from "@/components/live-regions";
import { paths } from "@/components/paths";
import { LazyTipLayer } from "@/components/lazy-tip-layer";
import { NEW, type Told } from "@/embed/protocol";
import { Look } from "@/theme/look";

import { BrokenPage } from "../broken-page";
import { embedHref, optionsIn, placeIn } from "./embed-address";
import { hrefHere, useEmbedLocation } from "./embed-location";
import { EmbedLoading, EmbedPage } from "./embed-page";
import { Host, namedOrigins } from "./host";

const parent = window.parent === window ? undefined : window.parent;
const host = new Host({ parent, origins: namedOrigins(document) });
const options = optionsIn(location.search);
const hasHost = parent !== undefined && options.hasHost;

export function EmbedApp() {
  const { theme, isKeyed, isReady } = useHost();
  return (
    <Look mode={theme}>
      <LiveRegions />
      <LazyTipLayer />
      <ErrorBoundary FallbackComponent={BrokenPage}>
        <Router hook={useEmbedLocation} hrefs={hrefHere}>
          {isReady ? (
            <EmbedPage say={host.say} isKeyed={isKeyed} awaitsKey={hasHost && !isKeyed} />
          ) : (
            <EmbedLoading />
          )}
        </Router>
      </ErrorBoundary>
    </Look>
  );
}

function useHost() {
  const client = useQueryClient();
  const [theme, setTheme] = useState(options.theme);
  const [isKeyed, setKeyed] = useState(false);
  const [isReady, setReady] = useState(!hasHost);
  const hear = useEffectEvent(({ apiKey, theme: told, session }: Told) => {
    if (apiKey !== undefined) {
      setKeyed(apiKey !== null);
      setTransport({ headers: headersOf(apiKey) });
    }
    if (told !== undefined) setTheme(told);
    if (session !== undefined) goTo(session);
    setReady(true);
    if (!isReady || apiKey === undefined) return;
    tell("back"); // who waits for it knows again who asks
    void client.invalidateQueries();
  });
  useEffect(() => host.listen((told) => hear(told)), []);
  return { theme, isKeyed, isReady };
}

function headersOf(apiKey: string | null) {
  const headers = apiKey === null ? {} : { Authorization: `Bearer ${apiKey}` };
  return () => headers;
}

/** Where the frame is already it stays: the host may only say again what it has heard. */
function goTo(session: string): void {
  const { agentId, sessionId } = placeIn(location.pathname, location.search);
  if (session === (sessionId ?? NEW)) return;
  const to = session === NEW ? paths.agent(agentId) : paths.session(agentId, session);
  const href = embedHref(to, agentId, location.search);
  if (href !== null) navigate(href, { replace: true });
}
