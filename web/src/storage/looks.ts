/**
 * How one last saw each session, known to all tabs of this browser: of which turn it ended then, and how that stood.
 *
 * The rules it keeps: a session is unread when it has come to rest otherwise since; one that was never looked at here
 * only if somebody heard it come to rest; and of many looks the oldest are forgotten, which leaves those sessions read.
 */
import type { Session } from "@/api/types";

import { kept, parsed } from "./kept";

interface Look {
  /** `updated_at` as it was: what a tab that is behind knows is older than this. */
  readonly at: string;
  readonly state: string;
}

const MOST = 400;
const NEVER: Look = { at: "", state: "" };

/** An older or newer page may have written something else. */
const isRow = (row: unknown): row is readonly [string, string, string] =>
  Array.isArray(row) && row.length === 3 && row.every((part) => typeof part === "string");

type Looks = ReadonlyMap<string, Look>;

const looks = kept<Looks>("tertulia-looks", {
  read: (text) => {
    const stored = parsed(text);
    const rows = Array.isArray(stored) ? stored.filter(isRow) : [];
    return new Map(rows.map(([id, at, state]) => [id, { at, state }]));
  },
  write: (all) =>
    all.size === 0 ? null : JSON.stringify([...all].map(([id, { at, state }]) => [id, at, state])),
});

export const subscribeToLooks = looks.subscribe;

/** Somebody has it on the screen. */
export function lookAt(session: Session): void {
  const look: Look = { at: session.updated_at, state: stateOf(session) };
  const known = looks.get().get(session.session_id);
  if (known?.at !== look.at || known.state !== look.state)
    looks.change((all) => withLook(all, session.session_id, look));
}

/** A turn of it has come to rest, and nobody looks. */
export function heardRest(session: Session): void {
  const { session_id: id } = session;
  looks.change((all) => (all.has(id) ? all : withLook(all, id, NEVER)));
}

export function isUnread(session: Session): boolean {
  const look = looks.get().get(session.session_id);
  if (look === undefined || !isToBeRead(session)) return false;
  return look.state !== stateOf(session) && look.at <= session.updated_at;
}

/** Whoever comes next has looked at nothing. */
export function forgetLooks(): void {
  looks.change(() => new Map());
}

const stateOf = ({ active_turn_id: turnId, last_turn_status: status }: Session) =>
  `${turnId ?? ""} ${status ?? ""}`;

/** Who has stopped a turn knows that it has ended. */
const isToBeRead = ({ status, last_turn_status: last }: Session) =>
  status !== "running" && (last === "completed" || last === "failed" || last === "awaiting_input");

function withLook(before: Looks, sessionId: string, look: Look): Looks {
  const all = new Map(before);
  all.delete(sessionId); // so that it becomes the newest
  all.set(sessionId, look);
  return new Map([...all].slice(-MOST));
}
