/**
 * What other tabs and programs do in the session: while the page is seen and nothing runs in it,
 * the newest turns are asked for every few seconds.
 */
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";

import { isNotFound } from "@/api/errors";
import { keys } from "@/api/keys";
import { refreshTurns } from "@/api/queries";

import { loseSession } from "./lost";

const EVERY_MS = 3000;
/** As many as a person can send in that time. */
const NEWEST = 4;

export function useFreshTurns(agentId: string, sessionId: string | null, isIdle: boolean): void {
  const client = useQueryClient();
  useQuery({
    queryKey: keys.newestTurns(agentId, sessionId),
    queryFn: async ({ signal }) => {
      if (sessionId !== null) await refresh(client, agentId, sessionId, signal);
      return null;
    },
    enabled: sessionId !== null && isIdle,
    initialData: null, // what the session was opened with is from just now
    refetchInterval: EVERY_MS,
    staleTime: EVERY_MS,
    gcTime: 0,
  });
}

async function refresh(
  client: QueryClient,
  agentId: string,
  sessionId: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await refreshTurns(client, agentId, sessionId, { limit: NEWEST, signal });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    loseSession(client, agentId, sessionId);
  }
}
