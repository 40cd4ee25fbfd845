/**
 * What other tabs and programs do in the session: while the page is seen and nothing runs in it,
 * the newest turns are asked for every few seconds.
 */
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";

import { listTurns } from "@/api/client";
import { isNotFound } from "@/api/errors";
import { keys } from "@/api/keys";
import { type TurnPages, turnsIn } from "@/api/pages";
import { storeTurn } from "@/api/queries";
import type { Turn } from "@/api/types";

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
  const turns = keys.turns(agentId, sessionId);
  try {
    const page = await listTurns(agentId, sessionId, { cursor: null, limit: NEWEST }, signal);
    const known = client.getQueryData<TurnPages>(turns);
    if (known === undefined) return; // they are on their way as a whole
    if (meets(known, page.turns))
      for (const turn of page.turns.toReversed()) storeTurn(client, agentId, turn);
    else await client.invalidateQueries({ queryKey: turns });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    loseSession(client, agentId, sessionId);
  }
}

/** Is there no gap between what is known and what is newest? */
function meets(known: TurnPages, newest: readonly Turn[]): boolean {
  if (newest.length < NEWEST) return true; // these are all
  const ids = new Set(turnsIn(known).map((turn) => turn.turn_id));
  return newest.some((turn) => ids.has(turn.turn_id));
}
