/**
 * Tags as the page reckons with them.
 *
 * The rule it keeps: it reckons as the server does. Case makes no other tag; the spelling that was there first stays.
 */
import { useQueryClient } from "@tanstack/react-query";

import { keys } from "@/api/keys";
import { hasTag, type SessionPages, sessionsIn } from "@/api/pages";
import type { Session } from "@/api/types";

export const TAG_CHARS = 40;
export const MOST_TAGS = 20;

export const without = (tags: readonly string[], taken: readonly string[]): readonly string[] =>
  tags.filter((tag) => !hasTag(taken, tag));

/** Each once. */
export const sole = (tags: readonly string[]): readonly string[] =>
  tags.filter((tag, place) => !hasTag(tags.slice(0, place), tag));

/** The tags in what somebody has typed: commas are between them. */
export const tagsIn = (text: string): readonly string[] =>
  sole(text.split(",").flatMap((part) => part.trim().replace(/\s+/g, " ") || []));

/** Of sessions, those that most have first. */
export function tagsInUse(sessions: readonly Session[]): readonly string[] {
  const counts = new Map<string, { readonly tag: string; count: number }>();
  for (const tag of sessions.flatMap((session) => session.tags)) {
    const known = counts.get(fold(tag)) ?? { tag, count: 0 };
    counts.set(fold(tag), { ...known, count: known.count + 1 });
  }
  return [...counts.values()].sort((one, other) => other.count - one.count).map(({ tag }) => tag);
}

/** Of all sessions of an agent that some list has loaded. */
export function useTagsInUse(agentId: string): readonly string[] {
  const lists = useQueryClient().getQueriesData<SessionPages>({
    queryKey: keys.sessionLists(agentId),
  });
  const sessions = lists.flatMap(([, data]) => (data ? sessionsIn(data) : []));
  return tagsInUse([...new Map(sessions.map((each) => [each.session_id, each])).values()]);
}

const fold = (tag: string) => tag.toLowerCase();
