/** The sessions of an agent as the sidebar shows them: pinned and others, page by page. `live-sessions.tsx` keeps them fresh. */
import { useEffect, useState } from "react";

import { useSessions } from "@/api/queries";
import type { Session } from "@/api/types";

export interface SessionView {
  /** Text that names or messages must have; empty: all. */
  readonly q: string;
  /** Which they must have; empty: none in particular. */
  readonly tag: string;
  readonly archived: boolean;
}

export const ALL_SESSIONS: SessionView = { q: "", tag: "", archived: false };

const NONE: readonly Session[] = [];

export function useSessionList(agentId: string, { q, tag, archived }: SessionView) {
  const filter = { archived, ...(q && { q }), ...(tag && { tag }) };
  const pinned = useSessions(agentId, { ...filter, pinned: true });
  const others = useSessions(agentId, { ...filter, pinned: false });
  const next = pinned.hasNextPage ? pinned : others;
  const isMissing = pinned.data === undefined || others.data === undefined;
  const isEmpty = pinned.data?.length === 0 && others.data?.length === 0;
  const hasMore = pinned.hasNextPage || others.hasNextPage;
  const trouble = pinned.error ?? others.error;
  const loadMore = () => {
    if (!next.isFetching) void next.fetchNextPage();
  };
  // A page of those that have some words may have none, and lead on.
  useEffect(() => {
    if (isEmpty && hasMore && trouble === null) loadMore();
  });
  const shown = useLatest(
    isMissing ? null : { pinned: pinned.data ?? NONE, others: others.data ?? NONE },
  );
  return {
    pinned: shown?.pinned ?? NONE,
    others: shown?.others ?? NONE,
    /** Nothing has come yet; a changed filter keeps showing the old rows meanwhile. */
    isLoading: shown === null || (isEmpty && hasMore),
    /** Why nothing came. One that fails to be refreshed goes on showing what it has. */
    error: isMissing || isEmpty ? trouble : null,
    /** Some of them have tags. */
    isTagged: [shown?.pinned, shown?.others].some((list) => list?.some(({ tags }) => tags.length)),
    hasMore,
    loadMore,
    reload: () => void Promise.all([pinned.refetch(), others.refetch()]),
  };
}

/** The last value that was one. */
function useLatest<T extends object>(value: T | null): T | null {
  const [latest, setLatest] = useState(value);
  const isSame =
    value === null ||
    (latest !== null && Object.entries(value).every(([k, v]) => latest[k as keyof T] === v));
  if (!isSame) setLatest(value);
  return isSame ? latest : value;
}
