/**
 * The address of a talk in a frame, and the one that the page would have for it.
 *
 * The rule it keeps: within the frame there is one agent. What leads elsewhere is not gone to here.
 */
import { isTheme, NEW, type Theme } from "@/embed/protocol";

import { TALK } from "../place";

export const EMBED = "/embed/";

interface EmbedPlace {
  readonly agentId: string;
  readonly sessionId: string | null;
}

/** What the address says; what makes no sense in it is as if it were not there. */
export interface EmbedOptions {
  readonly theme: Theme;
  /** Somebody around the frame says first who writes here. */
  readonly hasHost: boolean;
}

export function placeIn(pathname: string, search: string): EmbedPlace {
  const [agent = ""] = pathname.slice(EMBED.length).split("/");
  const session = new URLSearchParams(search).get("session");
  return { agentId: decoded(agent), sessionId: session === NEW || !session ? null : session };
}

export function optionsIn(search: string): EmbedOptions {
  const given = new URLSearchParams(search);
  const theme = given.get("theme");
  return { theme: isTheme(theme) ? theme : "system", hasHost: given.get("host") === "1" };
}

/** The path that the whole page has for it: what is built for that page looks there. */
export function pagePath({ agentId, sessionId }: EmbedPlace): string {
  const agent = `/a/${encodeURIComponent(agentId)}`;
  return sessionId === null ? agent : `${agent}/s/${encodeURIComponent(sessionId)}`;
}

/** Where in the frame an address of the whole page is; null: not in it. `search` is what the frame was given. */
export function embedHref(to: string, agentId: string, search: string): string | null {
  const url = URL.parse(to, "http://page");
  const found = url && TALK.exec(url.pathname)?.groups;
  if (!found || url.host !== "page" || decoded(found.agentId ?? "") !== agentId) return null;
  const given = new URLSearchParams(search);
  given.set("session", found.sessionId === undefined ? NEW : decoded(found.sessionId));
  const turn = url.searchParams.get("turn");
  if (turn === null) given.delete("turn");
  else given.set("turn", turn);
  return `${EMBED}${encodeURIComponent(agentId)}?${given.toString()}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // no agent is called so
  }
}
