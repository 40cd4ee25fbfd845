/** Where some words stand in one session: its turns, the newest first, page by page. */
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";

import { server, until, valueOf } from "./client";
import { keys } from "./keys";
import type { HitPage } from "./types";

const PAGE = 100;

export interface Find {
  readonly agentId: string;
  readonly sessionId: string;
  readonly words: string;
}

export function useFind(find: Find) {
  return useInfiniteQuery({
    queryKey: keys.find(find),
    queryFn: ({ pageParam, signal }) => hitsOf(find, pageParam, signal),
    enabled: find.words !== "",
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    select: (data) => data.pages.flatMap((page) => page.hits).filter((hit) => hit.turn_id !== null),
    placeholderData: keepPreviousData,
  });
}

function hitsOf({ agentId, sessionId, words }: Find, cursor: string | null, signal: AbortSignal) {
  const query = {
    q: beginning(words),
    session_id: sessionId,
    archived: "any" as const,
    limit: PAGE,
    ...(cursor !== null && { cursor }),
  };
  const path = { agent_id: agentId };
  return valueOf<HitPage>(
    server.GET("/v1/agents/{agent_id}/search", { params: { path, query }, ...until(signal) }),
    signal,
  );
}

/** The last word may still be on its way. */
const beginning = (words: string) => (/[\p{L}\p{N}]$/u.test(words) ? `${words}*` : words);
