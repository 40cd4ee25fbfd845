/** The tags of some sessions while they are changed, and how that is saved. */
import { useQueryClient } from "@tanstack/react-query";

import { type Retagging, tagMany } from "@/api/batch-queries";
import { hasTag } from "@/api/pages";
import type { Session } from "@/api/types";
import { announce } from "@/components/announcer";
import { reasonOf } from "@/components/error-text";
import { notify } from "@/components/notices";
import { t } from "@/i18n/sessions";

import { tagsInUse, without } from "./tags";

interface DraftTag {
  readonly tag: string;
  readonly isOnAll: boolean;
  /** How many of the sessions had it. */
  readonly count: number;
}

export type Draft = readonly DraftTag[];

export function draftOf(sessions: readonly Session[]): Draft {
  const tags = sessions.length === 1 ? (sessions[0]?.tags ?? []) : tagsInUse(sessions);
  return tags.map((tag) => {
    const count = sessions.filter((session) => hasTag(session.tags, tag)).length;
    return { tag, count, isOnAll: count === sessions.length };
  });
}

/** With these tags on all of them. */
export function withTags(draft: Draft, tags: readonly string[]): Draft {
  const known = draft.map((each) => (hasTag(tags, each.tag) ? { ...each, isOnAll: true } : each));
  const added = without(
    tags,
    draft.map(({ tag }) => tag),
  );
  return [...known, ...added.map((tag) => ({ tag, isOnAll: true, count: 0 }))];
}

/** What is to be done to the sessions, that they have the tags of the draft. */
export function retagging(sessions: readonly Session[], draft: Draft): Retagging {
  const before = draftOf(sessions);
  const wasOnAll = before.filter(({ isOnAll }) => isOnAll).map(({ tag }) => tag);
  const wanted = draft.filter(({ isOnAll }) => isOnAll).map(({ tag }) => tag);
  return {
    put: without(wanted, wasOnAll),
    taken: without(
      before.map(({ tag }) => tag),
      draft.map(({ tag }) => tag),
    ),
  };
}

export function useSaveTags(sessions: readonly Session[]) {
  const client = useQueryClient();
  const save = async (change: Retagging) => {
    const tell = (count: number, reason: string) => notify(t("batch.notDone", { count, reason }));
    try {
      const [first, ...others] = await tagMany(client, sessions, change);
      if (first === undefined) announce(t("tags.saved"));
      else tell(others.length + 1, first.detail ?? "");
    } catch (error) {
      tell(sessions.length, reasonOf(error));
    }
  };
  return (change: Retagging) => {
    if (change.put.length + change.taken.length > 0) void save(change);
  };
}
