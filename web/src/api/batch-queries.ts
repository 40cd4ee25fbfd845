/** One thing that is done to many sessions: the endpoint, and what it does to the caches. */
import type { QueryClient } from "@tanstack/react-query";

import { server, valueOf } from "./client";
import { ApiError } from "./errors";
import { keys } from "./keys";
import { hasTag, patched } from "./pages";
import type { Removal } from "./pending-deletes";
import { forgetSession, storeSession } from "./session-queries";
import type { BatchOutcome, Session, SessionPatch } from "./types";

/** As many as the server takes at once. */
const MOST_AT_ONCE = 200;

export const PATCHES = {
  pin: { pinned: true },
  unpin: { pinned: false },
  archive: { archived: true },
  unarchive: { archived: false },
} as const satisfies Record<string, SessionPatch>;

export type Change = keyof typeof PATCHES;

export const UNDOES = {
  pin: "unpin",
  unpin: "pin",
  archive: "unarchive",
  unarchive: "archive",
} as const satisfies Record<Change, Change>;

/** What came of it for each of the agent's sessions. What is gone already counts as done. */
async function batchSessions(
  sessions: readonly Session[],
  op: Change | "tag" | "untag" | "delete",
  { tags = [], keepalive = false }: { tags?: readonly string[]; keepalive?: boolean } = {},
): Promise<readonly BatchOutcome[]> {
  const outcomes: BatchOutcome[] = [];
  for (let start = 0; start < sessions.length; start += MOST_AT_ONCE) {
    const some = sessions.slice(start, start + MOST_AT_ONCE);
    const answer = await valueOf<{ readonly outcomes: readonly BatchOutcome[] }>(
      server.POST("/v1/agents/{agent_id}/sessions/batch", {
        params: { path: { agent_id: some[0]?.agent_id ?? "" } },
        body: { ids: some.map((session) => session.session_id), op, tags: [...tags] },
        keepalive,
      }),
    );
    outcomes.push(...answer.outcomes);
  }
  return outcomes.map((outcome) => ({
    ...outcome,
    is_done: outcome.is_done || outcome.code === "session_not_found",
  }));
}

/** Pin, archive and back: seen at once; what the server refuses is as it was again. Returns what it refused. */
export const changeMany = (client: QueryClient, sessions: readonly Session[], op: Change) =>
  change(client, sessions, {
    patchOf: () => PATCHES[op],
    ask: () => batchSessions(sessions, op),
  });

/** What is to happen to the tags of sessions; what else they have stays. */
export interface Retagging {
  readonly put: readonly string[];
  readonly taken: readonly string[];
}

/** As `changeMany` does. */
export const tagMany = (
  client: QueryClient,
  sessions: readonly Session[],
  { put, taken }: Retagging,
) =>
  change(client, sessions, {
    patchOf: ({ tags }) => {
      const left = tags.filter((tag) => !hasTag(taken, tag));
      return { tags: [...left, ...put.filter((tag) => !hasTag(left, tag))] };
    },
    ask: async () => [
      ...(taken.length > 0 ? await batchSessions(sessions, "untag", { tags: taken }) : []),
      ...(put.length > 0 ? await batchSessions(sessions, "tag", { tags: put }) : []),
    ],
  });

interface Doing {
  readonly patchOf: (session: Session) => SessionPatch;
  readonly ask: () => Promise<readonly BatchOutcome[]>;
}

async function change(
  client: QueryClient,
  sessions: readonly Session[],
  { patchOf, ask }: Doing,
): Promise<readonly BatchOutcome[]> {
  const lists = { queryKey: keys.sessionLists(sessions[0]?.agent_id ?? "") };
  const store = (them: readonly Session[]) => them.forEach((each) => storeSession(client, each));
  await client.cancelQueries(lists);
  store(sessions.map((session) => patched(session, patchOf(session))));
  try {
    const refused = (await ask()).filter((outcome) => !outcome.is_done);
    const ids = new Set(refused.map((outcome) => outcome.session_id));
    store(sessions.filter((session) => ids.has(session.session_id)));
    return refused;
  } catch (error) {
    store(sessions);
    throw error;
  } finally {
    void client.invalidateQueries(lists);
  }
}

/** Erase sessions of one agent, which are hidden already. Throws what the server said of the first that it refused. */
export async function eraseMany(
  client: QueryClient,
  removal: Removal,
  isLeaving: boolean,
): Promise<void> {
  const outcomes = await batchSessions(removal, "delete", { keepalive: isLeaving });
  const refused = outcomes.find((outcome) => !outcome.is_done);
  for (const { session_id: id, is_done: isDone } of outcomes)
    if (isDone) forgetSession(client, removal[0]?.agent_id ?? "", id);
  if (refused !== undefined)
    throw new ApiError({
      status: 409,
      code: refused.code ?? "conflict",
      detail: refused.detail ?? "",
    });
}
