/** The turns of a session, cached: the newest page first, older ones on demand. */
import {
  infiniteQueryOptions,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";

import { cancelTurn, listTurns } from "./client";
import { keys } from "./keys";
import { placeTurn, type TurnPages, turnsIn } from "./pages";
import type { Session, Turn, TurnPage } from "./types";

/** A page is what a screen or two show: a session of a thousand turns opens as fast as one of ten. */
const PAGE = 30;

const turnsOptions = (agentId: string, sessionId: string) =>
  infiniteQueryOptions({
    queryKey: keys.turns(agentId, sessionId),
    queryFn: ({ pageParam, signal }): Promise<TurnPage> =>
      listTurns(agentId, sessionId, { cursor: pageParam, limit: PAGE }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    select: turnsIn,
  });

/** Turns, oldest first; `fetchNextPage` brings older ones. Without a session there are none. */
export function useTurns(agentId: string, sessionId: string | null) {
  return useInfiniteQuery({
    ...turnsOptions(agentId, sessionId ?? ""),
    enabled: sessionId !== null,
  });
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
    mutationFn: (turnId: string) => cancelTurn(agentId, sessionId, turnId),
    onSuccess: (turn) => storeTurn(client, agentId, turn),
  });
}
