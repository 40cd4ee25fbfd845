/** What a search finds, page by page. What was found for the words before is shown until the next has come. */
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";

import { type PageRequest, server, until, valueOf } from "./client";
import { keys } from "./keys";
import type { HitPage } from "./types";

const PAGE = 20;

export interface Search {
  readonly words: string;
  /** Null: of all agents. */
  readonly agentId: string | null;
  readonly hasFile: boolean;
  readonly isPinned: boolean;
  /** Also in archived sessions. */
  readonly inArchive: boolean;
  /** Not before this time; null: at any time. */
  readonly since: string | null;
}

export function useSearch(search: Search) {
  return useInfiniteQuery({
    queryKey: keys.search(search),
    queryFn: ({ pageParam, signal }) => find(search, { cursor: pageParam, limit: PAGE }, signal),
    enabled: search.words !== "",
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    select: (data) => data.pages.flatMap((page) => page.hits),
    placeholderData: keepPreviousData,
  });
}

function find(search: Search, page: PageRequest, signal: AbortSignal) {
  const { words, agentId, hasFile, isPinned, inArchive, since } = search;
  const query = {
    q: words,
    limit: page.limit,
    archived: inArchive ? ("any" as const) : ("false" as const),
    ...(page.cursor !== null && { cursor: page.cursor }),
    ...(hasFile && { has_file: "true" as const }),
    ...(isPinned && { pinned: "true" as const }),
    ...(since !== null && { since }),
  };
  const answer =
    agentId === null
      ? server.GET("/v1/search", { params: { query }, ...until(signal) })
      : server.GET("/v1/agents/{agent_id}/search", {
          params: { path: { agent_id: agentId }, query },
          ...until(signal),
        });
  return valueOf<HitPage>(answer, signal);
}
