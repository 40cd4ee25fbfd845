/**
 * What the page at an address shows is asked for before anything of the page is drawn, all of it at once: no answer
 * waits for another, nor for the scripts that draw it.
 *
 * The rule it keeps: it asks for nothing that the page would not ask for itself a moment later.
 */
import type { QueryClient } from "@tanstack/react-query";

import {
  prefetchAgent,
  prefetchAgents,
  prefetchConfig,
  prefetchSession,
  prefetchTurns,
} from "@/api/queries";

import { TALK } from "./place";

export function fetchAhead(client: QueryClient, path: string): void {
  const { agentId, sessionId } = TALK.exec(path)?.groups ?? {};
  // An id as the server makes them is the same in an address; what is not can wait.
  if (path.includes("%") || (agentId === undefined && path !== "/")) return;
  prefetchConfig(client);
  prefetchAgents(client);
  if (agentId === undefined) return;
  prefetchAgent(client, agentId);
  if (sessionId === undefined) return;
  prefetchSession(client, agentId, sessionId);
  prefetchTurns(client, agentId, sessionId);
}
