/**
 * How one last saw each session, known to all tabs of this browser: of which turn it ended then, and how that stood.
 *
 * The rules it keeps: a session is unread when it has come to rest otherwise since; one that was never looked at here
 * only if somebody heard it come to rest; and of many looks the oldest are forgotten, which leaves those sessions read.
 */
import type { Session } from "@/api/types";

interface Look {
  /** `updated_at` as it was: what a tab that is behind knows is older than this. */
  readonly at: string;
  readonly state: string;
}

const KEY = "tertulia-looks";
const MOST = 400;
const NEVER: Look = { at: "", state: "" };

let looks: ReadonlyMap<string, Look> = new Map();
const listeners = new Set<() => void>();
looks = read();

/** Somebody has it on the screen. */
export function lookAt(session: Session): void {
  const look: Look = { at: session.updated_at, state: stateOf(session) };
  const known = looks.get(session.session_id);
  if (known?.at !== look.at || known.state !== look.state) write(session.session_id, look);
}

/** A turn of it has come to rest, and nobody looks. */
export function heardRest(session: Session): void {
  if (!read().has(session.session_id)) write(session.session_id, NEVER);
}

export function isUnread(session: Session): boolean {
  const look = looks.get(session.session_id);
  if (look === undefined || !isToBeRead(session)) return false;
  return look.state !== stateOf(session) && look.at <= session.updated_at;
}

/** Whoever comes next has looked at nothing. */
export function forgetLooks(): void {
  publish(new Map());
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Storage is closed to us: nothing is there.
  }
}

export function subscribeToLooks(listener: () => void): () => void {
  if (listeners.size === 0) {
    addEventListener("storage", onStorage);
    looks = read(); // nobody has listened to other tabs meanwhile
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) removeEventListener("storage", onStorage);
  };
}

const stateOf = ({ active_turn_id: turnId, last_turn_status: status }: Session) =>
  `${turnId ?? ""} ${status ?? ""}`;

/** Who has stopped a turn knows that it has ended. */
const isToBeRead = ({ status, last_turn_status: last }: Session) =>
  status !== "running" && (last === "completed" || last === "failed" || last === "awaiting_input");

function onStorage(change: StorageEvent): void {
  if (change.key === KEY || change.key === null) publish(read());
}

/** On top of what other tabs have written. */
function write(sessionId: string, look: Look): void {
  const all = new Map(read());
  all.delete(sessionId); // so that it becomes the newest
  all.set(sessionId, look);
  const kept = [...all].slice(-MOST);
  publish(new Map(kept));
  try {
    localStorage.setItem(KEY, JSON.stringify(kept.map(([id, { at, state }]) => [id, at, state])));
  } catch {
    // Storage is full or closed to us: it is known for as long as the page is there.
  }
}

function publish(next: ReadonlyMap<string, Look>): void {
  looks = next;
  for (const listener of listeners) listener();
}

/** What is stored; where nothing can be, what is known here. */
function read(): ReadonlyMap<string, Look> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    if (!Array.isArray(stored)) return new Map();
    return new Map(stored.filter(isRow).map(([id, at, state]) => [id, { at, state }]));
  } catch {
    return looks;
  }
}

/** An older or newer page may have written something else. */
const isRow = (row: unknown): row is readonly [string, string, string] =>
  Array.isArray(row) && row.length === 3 && row.every((part) => typeof part === "string");
