/** The trash: sessions that were deleted, and the ways out of it. */
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";

import { server, until, valueOf } from "./client";
import { deletesOf, storeSession } from "./session-queries";
import type { Session, TrashPage } from "./types";

const TRASH = ["trash"] as const;
const PAGE = 50;

const listTrash = (cursor: string | null, signal: AbortSignal) =>
  valueOf<TrashPage>(
    server.GET("/v1/trash", {
      params: { query: { limit: PAGE, ...(cursor !== null && { cursor }) } },
      ...until(signal),
    }),
    signal,
  );

const pathOf = (session: Session) => ({ params: { path: { session_id: session.session_id } } });

const restoreSession = (session: Session) =>
  valueOf<Session>(server.POST("/v1/trash/{session_id}/restore", pathOf(session)));

const purgeSession = (session: Session) =>
  valueOf<undefined>(server.DELETE("/v1/trash/{session_id}", pathOf(session)));

/** What was deleted last comes first. What still waits for second thoughts goes into it at once. */
export function useTrash() {
  const client = useQueryClient();
  const deletes = deletesOf(client);
  const { pending } = useSyncExternalStore(deletes.subscribe, deletes.snapshot);
  useEffect(() => deletes.flush(), [deletes]);
  useEffect(() => {
    if (pending.length === 0) void client.invalidateQueries({ queryKey: TRASH });
  }, [client, pending.length]);
  return useInfiniteQuery({
    queryKey: TRASH,
    queryFn: ({ pageParam, signal }) => listTrash(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    select: ({ pages }) => pages.flatMap((page) => page.trash),
  });
}

export function useRestoreSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: restoreSession,
    onSuccess: (session) => storeSession(client, session),
    onSettled: () => client.invalidateQueries({ queryKey: TRASH }),
  });
}

export function usePurgeSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: purgeSession,
    onSettled: () => client.invalidateQueries({ queryKey: TRASH }),
  });
}
