/** Where the frame is, as the parts of the page look for it; what is not here opens in a tab of its own. */
import { navigate, useBrowserLocation, useSearch } from "wouter/use-browser-location";

import { embedHref, pagePath, placeIn } from "./embed-address";

type Options = Parameters<typeof navigate>[1];

export function useEmbedLocation(): [string, (to: string | URL, options?: Options) => void] {
  const [pathname] = useBrowserLocation();
  return [pagePath(placeIn(pathname, useSearch())), go];
}

/** What can be seen of a link before it is followed. */
export const hrefHere = (to: string): string =>
  embedHref(to, placeIn(location.pathname, "").agentId, location.search) ?? to;

/** The back button is the host's: steps within the frame leave no trace in it. */
function go(to: string | URL, options?: Options): void {
  const { agentId } = placeIn(location.pathname, "");
  const href = embedHref(String(to), agentId, location.search);
  if (href === null) open(to, "_blank", "noopener");
  else navigate(href, { ...options, replace: true });
}
