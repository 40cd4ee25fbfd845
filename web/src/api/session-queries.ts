/** Sessions, cached. Renaming, pinning, archiving and deleting show at once and roll back if refused. */
import {
  type QueryClient,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useMemo, useSyncExternalStore } from "react";

import {
  deleteSession,
  getSession,
  listSessions,
  type SessionFilter,
  updateSession,
} from "./client";
import { keys } from "./keys";
import { dropSession, patched, placeSession, type SessionPages, sessionsIn } from "./pages";
import { type Erase, hiddenIn, PendingDeletes, type Removal } from "./pending-deletes";
import type { Session, SessionPatch } from "./types";

const PAGE = 50;

/** The sessions of an agent, newest activity first, without those that are being deleted. */
export function useSessions(agentId: string, filter: SessionFilter = {}) {
  const deleted = useDeletes();
  const query = useInfiniteQuery({
    queryKey: keys.sessionList(agentId, filter),
    queryFn: ({ pageParam, signal }) =>
      listSessions(agentId, filter, { cursor: pageParam, limit: PAGE }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    select: sessionsIn,
  });
  const data = useMemo(() => {
    const hidden = hiddenIn(deleted);
    return hidden.size === 0
      ? query.data
      : query.data?.filter((session) => !hidden.has(session.session_id));
  }, [query.data, deleted]);
  return { ...query, data };
}

const sessionOptions = (agentId: string, sessionId: string) =>
  queryOptions({
    queryKey: keys.session(agentId, sessionId),
    queryFn: ({ signal }): Promise<Session> => getSession(agentId, sessionId, signal),
  });

/** Fetch a session before it is drawn: whoever draws it sees the error, if there is one. */
export const prefetchSession = (client: QueryClient, agentId: string, sessionId: string): void =>
  void client.query(sessionOptions(agentId, sessionId)).catch(() => undefined);

/**
 * One session without its turns; what a list knows of it is shown until the server has answered.
 * Null asks for none.
 */
export function useSession(agentId: string, sessionId: string | null) {
  const client = useQueryClient();
  const id = sessionId ?? "";
  return useQuery({
    ...sessionOptions(agentId, id),
    enabled: sessionId !== null,
    placeholderData: () => listedSession(client, agentId, id),
  });
}

function listedSession(client: QueryClient, agentId: string, sessionId: string) {
  return client
    .getQueriesData<SessionPages>({ queryKey: keys.sessionLists(agentId) })
    .flatMap(([, data]) => (data ? sessionsIn(data) : []))
    .find((session) => session.session_id === sessionId);
}

/** Does the agent work in any of the sessions that are known here? */
export const isAnyRunning = (client: QueryClient, agentId: string): boolean =>
  client
    .getQueriesData<SessionPages>({ queryKey: keys.sessionLists(agentId) })
    .some(([, data]) => data && sessionsIn(data).some(({ status }) => status === "running"));

/** Put a session's new state wherever it is cached. */
export function storeSession(client: QueryClient, session: Session): void {
  const { agent_id: agentId, session_id: sessionId } = session;
  client.setQueryData<Session>(keys.session(agentId, sessionId), session);
  changeLists(client, agentId, (data, filter) => placeSession(data, session, filter));
}

/** Ask anew for a session's facts, and for the lists that show them: a turn of it has come to rest. */
export function refreshSession(client: QueryClient, agentId: string, sessionId: string): void {
  void client.invalidateQueries({ queryKey: keys.sessionLists(agentId) });
  void client.invalidateQueries({ queryKey: keys.session(agentId, sessionId), exact: true });
}

/** Ask for the lists anew: who has missed changes finds in them which sessions are not as they were. */
export async function refreshSessions(client: QueryClient, agentId: string): Promise<void> {
  const lists = { queryKey: keys.sessionLists(agentId) };
  await client.invalidateQueries(lists);
  const found = client.getQueriesData<SessionPages>(lists);
  for (const session of found.flatMap(([, data]) => (data ? sessionsIn(data) : []))) {
    const queryKey = keys.session(agentId, session.session_id);
    const known = client.getQueryData<Session>(queryKey);
    if (known && known.updated_at < session.updated_at) client.setQueryData(queryKey, session);
  }
}

/** Forget a session that is gone. What was said there is known for a while yet, to whoever was reading it. */
export function forgetSession(client: QueryClient, agentId: string, sessionId: string): void {
  changeLists(client, agentId, (data) => dropSession(data, sessionId));
  // Whoever shows it finds out that it is gone.
  void client.resetQueries({ queryKey: keys.session(agentId, sessionId), exact: true });
}

function changeLists(
  client: QueryClient,
  agentId: string,
  change: (data: SessionPages, filter: SessionFilter) => SessionPages,
): void {
  const lists = client.getQueriesData<SessionPages>({ queryKey: keys.sessionLists(agentId) });
  for (const [key, data] of lists) {
    if (data) client.setQueryData(key, change(data, (key[3] ?? {}) as SessionFilter));
  }
}

interface SessionChange {
  readonly sessionId: string;
  readonly patch: SessionPatch;
}

const UPDATING = ["update session"] as const;

/** Rename, pin or archive: seen at once, taken back when the server refuses. */
export function useUpdateSession(agentId: string) {
  const client = useQueryClient();
  const lists = { queryKey: keys.sessionLists(agentId) };
  return useMutation({
    mutationKey: UPDATING,
    mutationFn: ({ sessionId, patch }: SessionChange) => updateSession(agentId, sessionId, patch),
    onMutate: async ({ sessionId, patch }: SessionChange) => {
      const one = { queryKey: keys.session(agentId, sessionId) };
      await Promise.all([client.cancelQueries(lists), client.cancelQueries(one)]);
      const before = [...client.getQueriesData(lists), ...client.getQueriesData(one)];
      const session =
        client.getQueryData<Session>(one.queryKey) ?? listedSession(client, agentId, sessionId);
      if (session) storeSession(client, patched(session, patch));
      return before;
    },
    onError: (_error, _change, before) => {
      for (const [key, data] of before ?? []) client.setQueryData(key, data);
    },
    onSuccess: (session) => storeSession(client, session),
    onSettled: async () => {
      // The last of several changes refreshes: an earlier answer would undo what is still on its way.
      if (client.isMutating({ mutationKey: UPDATING }) === 1) await client.invalidateQueries(lists);
    },
  });
}

// --- Deleting -------------------------------------------------------------------------------

const deletes = new WeakMap<QueryClient, PendingDeletes>();

/** The deletes of this cache; they belong to the page, not to the component that asked for one. */
export function deletesOf(client: QueryClient): PendingDeletes {
  const known = deletes.get(client);
  if (known) return known;
  const made = new PendingDeletes();
  addEventListener("pagehide", made.flush);
  deletes.set(client, made);
  return made;
}

function useDeletes() {
  const store = deletesOf(useQueryClient());
  return useSyncExternalStore(store.subscribe, store.snapshot);
}

/** Delete with a way back; see `pending-deletes.ts`. */
export function useDeleteSession(agentId: string) {
  const client = useQueryClient();
  const { remove, undo, dismissFailure } = deletesOf(client);
  const { pending, failure } = useDeletes();
  const ours = useMemo(
    () => pending.filter(([session]) => session?.agent_id === agentId),
    [pending, agentId],
  );
  const eraseOne: Erase = async ([session], isLeaving) => {
    if (session === undefined) return;
    await deleteSession(agentId, session.session_id, isLeaving);
    forgetSession(client, agentId, session.session_id);
  };
  return {
    /** Sessions of this agent; more than one need to be told how they are erased. */
    remove: (removal: Removal, erase = eraseOne) => remove(removal, erase),
    undo,
    pending: ours,
    failure,
    dismissFailure,
  };
}
