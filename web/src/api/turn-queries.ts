/** The turns of a session, cached: the newest page first, older ones on demand. */
import {
  infiniteQueryOptions,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect } from "react";

import { cancelTurn, decideTurn, listTurns } from "./client";
import { isNotFound } from "./errors";
import { keys } from "./keys";
import {
  appended,
  branchedOff,
  branchIn,
  leadsTo,
  type OlderTurns,
  placeTurn,
  refreshed,
  type TurnPages,
} from "./pages";
import { refreshSession } from "./session-queries";
import type { Decision, Session, Turn, TurnPage } from "./types";

/** A page is what a screen or two show: a session of a thousand turns opens as fast as one of ten. */
const PAGE = 30;
const FRESH_MS = 15_000;

const turnsOptions = (agentId: string, sessionId: string) =>
  infiniteQueryOptions({
    queryKey: keys.turns(agentId, sessionId),
    queryFn: ({ pageParam, signal }): Promise<TurnPage> =>
      listTurns(agentId, sessionId, { cursor: null, ...pageParam, limit: PAGE }, signal),
    initialPageParam: null as OlderTurns | null,
    getNextPageParam: ({ next_cursor: cursor }, [newest]) =>
      cursor === null ? null : { cursor, tip: newest?.turns[0]?.turn_id },
    select: branchIn,
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
      if (document.visibilityState === "visible") void refreshOld(client, agentId, sessionId);
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
async function refreshOld(client: QueryClient, agentId: string, sessionId: string): Promise<void> {
  const queryKey = keys.turns(agentId, sessionId);
  const { dataUpdatedAt = 0 } = client.getQueryState(queryKey) ?? {};
  if (dataUpdatedAt > Date.now() - FRESH_MS) return;
  try {
    await refreshTurns(client, agentId, sessionId);
  } catch (error) {
    // A session that is gone shows as such; after other trouble what is known stays on the screen.
    if (isNotFound(error)) await client.invalidateQueries({ queryKey });
  }
}

/**
 * Bring what is cached of a session's turns to where the server is now: new ones, another branch,
 * turns that are gone. It asks for the newest few; for a page, if those do not lead to what is known.
 */
export async function refreshTurns(
  client: QueryClient,
  agentId: string,
  sessionId: string,
  { limit, signal }: { readonly limit: number; readonly signal?: AbortSignal } = { limit: PAGE },
): Promise<void> {
  const queryKey = keys.turns(agentId, sessionId);
  const before = client.getQueryData<TurnPages>(queryKey);
  if (before === undefined) return; // they are on their way as a whole
  const latest = await listTurns(agentId, sessionId, { cursor: null, limit }, signal);
  // What came meanwhile may be newer than this answer.
  if (client.getQueryData(queryKey) !== before) return;
  if (limit < PAGE && !leadsTo(before, latest)) return refreshTurns(client, agentId, sessionId);
  const data = refreshed(before, latest);
  client.setQueryData<TurnPages>(queryKey, data);
  if (endOf(data) === endOf(before)) return;
  const session = keys.session(agentId, sessionId);
  await client.invalidateQueries({ queryKey: session, exact: true });
}

const endOf = ({ pages: [newest] }: TurnPages) => newest?.turns[0]?.turn_id;

/** Fetch what opening a session will ask for: call it when somebody is about to. */
export function prefetchTurns(client: QueryClient, agentId: string, sessionId: string): void {
  client.infiniteQuery(turnsOptions(agentId, sessionId)).catch(() => {
    // Whoever opens the session sees the error where it can be acted upon.
  });
}

/** Put a turn's new state into the cached pages of its session, where they show it. */
export function storeTurn(client: QueryClient, agentId: string, turn: Turn): void {
  client.setQueryData<TurnPages>(
    keys.turns(agentId, turn.session_id),
    (data) => data && placeTurn(data, turn),
  );
}

/**
 * Add a turn that the server has just accepted: as the newest, or beside another one. A page that is
 * on its way may not know it yet, so it is not waited for.
 */
export async function addTurn(
  client: QueryClient,
  agentId: string,
  turn: Turn,
  besideId?: string,
): Promise<void> {
  const queryKey = keys.turns(agentId, turn.session_id);
  await client.cancelQueries({ queryKey });
  client.setQueryData<TurnPages>(queryKey, (data) => {
    if (data === undefined) return data;
    return besideId === undefined ? appended(data, turn) : branchedOff(data, besideId, turn);
  });
  if (client.getQueryData(queryKey) === undefined) await client.invalidateQueries({ queryKey });
}

/** A session that was made just now has no turns yet: that need not be asked. */
export function beginTurns(client: QueryClient, session: Session): void {
  const empty: TurnPage = { turns: [], has_more: false, next_cursor: null, siblings: {} };
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
