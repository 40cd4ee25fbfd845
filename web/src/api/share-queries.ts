/** Links to sessions, cached: those that one has made, and what one shows. */
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";

import {
  createShare,
  forkShared,
  getShared,
  listShares,
  revokeShare,
  type SessionPlace,
} from "./share-client";
import { storeSession } from "./session-queries";
import type { CreateShare } from "./types";

const SHARES = ["shares"] as const;
/** How often a reader of a live link is told what is new. */
const LIVE_MS = 15_000;

/** The links to a session, or all that one has made. */
export const useShares = (place: SessionPlace | null) =>
  useInfiniteQuery({
    queryKey: [...SHARES, place?.sessionId ?? null],
    queryFn: ({ pageParam, signal }) => listShares(place, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    select: ({ pages }) => pages.flatMap((page) => page.shares),
  });

export function useCreateShare(place: SessionPlace) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (share: CreateShare) => createShare(place, share),
    onSuccess: () => client.invalidateQueries({ queryKey: SHARES }),
  });
}

export function useRevokeShare() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: revokeShare,
    onSettled: () => client.invalidateQueries({ queryKey: SHARES }),
  });
}

/** What a link shows, oldest first, page by page. */
export const useShared = (token: string) =>
  useInfiniteQuery({
    queryKey: ["shared", token],
    queryFn: ({ pageParam, signal }) => getShared(token, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: ({ state: { data } }) => (data?.pages[0]?.live === true ? LIVE_MS : false),
  });

export function useForkShared(token: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (agentId: string) => forkShared(token, agentId),
    onSuccess: (session) => storeSession(client, session),
  });
}
