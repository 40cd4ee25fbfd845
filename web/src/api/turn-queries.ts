/** The turns of a session, cached: the newest page first, older ones on demand. */
import {
  infiniteQueryOptions,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect } from "react";

import { cancelTurn, type Decision, decideTurn, listTurns } from "./client";
import { isNotFound } from "./errors";
import { keys } from "./keys";
import { placeTurn, refreshed, type TurnPages, turnsIn } from "./pages";
import { refreshSession } from "./session-queries";
import type { Session, Turn, TurnPage } from "./types";

/** A page is what a screen or two show: a session of a thousand turns opens as fast as one of ten. */
const PAGE = 30;
const FRESH_MS = 15_000;

const turnsOptions = (agentId: string, sessionId: string) =>
  infiniteQueryOptions({
    queryKey: keys.turns(agentId, sessionId),
    queryFn: ({ pageParam, signal }): Promise<TurnPage> =>
      listTurns(agentId, sessionId, { cursor: pageParam, limit: PAGE }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    select: turnsIn,
    staleTime: Infinity, // refreshed below by its newest page, never all pages over again
  });

/**
 * Turns, oldest first; `fetchNextPage` brings older ones. Without a session there are none. Who
 * comes back to a session sees at once what was known, and then what is new.
 */
export function useTurns(agentId: string, sessionId: string | null) {
  const client = useQueryClient();
  useEffect(() => {
    if (sessionId === null) return;
    const refresh = () => {
      if (document.visibilityState === "visible") void refreshTurns(client, agentId, sessionId);
    };
    refresh();
    document.addEventListener("visibilitychange", refresh);
    return () => document.removeEventListener("visibilitychange", refresh);
  }, [client, agentId, sessionId]);

  return useInfiniteQuery({
    ...turnsOptions(agentId, sessionId ?? ""),
    enabled: sessionId !== null,
  });
}

/** Fetch the newest turns again, if what is cached is not from just now. */
async function refreshTurns(
  client: QueryClient,
  agentId: string,
  sessionId: string,
): Promise<void> {
  const queryKey = keys.turns(agentId, sessionId);
  const state = client.getQueryState<TurnPages>(queryKey);
  if (state?.data === undefined || state.dataUpdatedAt > Date.now() - FRESH_MS) return;
  try {
    const latest = await listTurns(agentId, sessionId, { cursor: null, limit: PAGE });
    client.setQueryData<TurnPages>(queryKey, (data) => data && refreshed(data, latest));
  } catch (error) {
    // A session that is gone shows as such; after other trouble what is known stays on the screen.
    if (isNotFound(error)) await client.invalidateQueries({ queryKey });
  }
}

/** Fetch what opening a session will ask for: call it when somebody is about to. */
export function prefetchTurns(client: QueryClient, agentId: string, sessionId: string): void {
  client.infiniteQuery(turnsOptions(agentId, sessionId)).catch(() => {
    // Whoever opens the session sees the error where it can be acted upon.
  });
}

/** Put a turn's new state into the cached pages of its session. */
export function storeTurn(client: QueryClient, agentId: string, turn: Turn): void {
  client.setQueryData<TurnPages>(
    keys.turns(agentId, turn.session_id),
    (data) => data && placeTurn(data, turn),
  );
}

/**
 * Add a turn that the server has just accepted. A page that is on its way may not know it yet, so
 * it is not waited for.
 */
export async function addTurn(client: QueryClient, agentId: string, turn: Turn): Promise<void> {
  const queryKey = keys.turns(agentId, turn.session_id);
  await client.cancelQueries({ queryKey });
  storeTurn(client, agentId, turn);
  if (client.getQueryData(queryKey) === undefined) await client.invalidateQueries({ queryKey });
}

/** A session that was made just now has no turns yet: that need not be asked. */
export function beginTurns(client: QueryClient, session: Session): void {
  const empty: TurnPage = { turns: [], has_more: false, next_cursor: null };
  client.setQueryData<TurnPages>(keys.turns(session.agent_id, session.session_id), {
    pages: [empty],
    pageParams: [null],
  });
}

export function useCancelTurn(agentId: string, sessionId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (turnId: string) => cancelTurn({ agentId, sessionId, turnId }),
    // The turn rests by this answer if it comes before the stream's last event, which nobody reads then.
    onSuccess: (turn) => {
      storeTurn(client, agentId, turn);
      refreshSession(client, agentId, sessionId);
    },
  });
}

interface Decided {
  readonly turn: Turn;
  readonly callId: string;
  readonly decision: Decision;
}

/** Which attempt at a call a person sees, and therefore decides about. */
function attemptAt(turn: Turn, callId: string): number | null {
  const calls = turn.steps.filter((step) => step.step_type === "tool_call");
  const asked = calls.findLast((step) => step.tool_call.call_id === callId);
  return asked?.attempt ?? null;
}

export function useDecideTurn(agentId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ turn, callId, decision }: Decided) => {
      const { session_id: sessionId, turn_id: turnId } = turn;
      return decideTurn({ agentId, sessionId, turnId }, callId, decision, attemptAt(turn, callId));
    },
    onSuccess: (turn) => storeTurn(client, agentId, turn),
    // Somebody else was faster, or the turn has ended: what is known is old.
    onError: (_, { turn }) =>
      client.invalidateQueries({ queryKey: keys.turns(agentId, turn.session_id) }),
  });
}
