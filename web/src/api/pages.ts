/** Changes to cached pages, as pure functions: what an optimistic update does to a list. */
import type { InfiniteData } from "@tanstack/react-query";

import type { SessionFilter } from "./client";
import { newest } from "./event-id";
import type { Session, SessionPage, SessionPatch, Turn, TurnPage } from "./types";

export type SessionPages = InfiniteData<SessionPage, string | null>;
export type TurnPages = InfiniteData<TurnPage, string | null>;

export const sessionsIn = (data: SessionPages): readonly Session[] =>
  data.pages.flatMap((page) => page.sessions);

/** Pages come newest first; a transcript reads oldest first. */
export const turnsIn = (data: TurnPages): readonly Turn[] =>
  data.pages.flatMap((page) => page.turns).reverse();

/** The session as it will be once the server has taken the patch. */
export function patched(session: Session, patch: SessionPatch): Session {
  return {
    ...session,
    ...patch,
    ...(patch.session_name !== undefined && { title_source: "user" }),
  };
}

/** Does a list with this filter show the session? Whether its text fits only the server knows. */
function belongs(session: Session, filter: SessionFilter): boolean {
  const { archived = false, pinned = "any" } = filter;
  return (
    (archived === "any" || session.archived === archived) &&
    (pinned === "any" || session.pinned === pinned)
  );
}

const mapPages = (
  data: SessionPages,
  change: (sessions: readonly Session[], page: number) => readonly Session[],
): SessionPages => ({
  ...data,
  pages: data.pages.map((page, index) => ({ ...page, sessions: change(page.sessions, index) })),
});

/** Put a session's new state into a list: in its place, in front, or out of it. */
export function placeSession(
  data: SessionPages,
  session: Session,
  filter: SessionFilter,
): SessionPages {
  const isListed = sessionsIn(data).some((other) => other.session_id === session.session_id);
  if (!belongs(session, filter)) return dropSession(data, session.session_id);
  if (!isListed && filter.q) return data;
  if (!isListed) return inFront(data, session);
  if (isNewest(data, session)) return inFront(dropSession(data, session.session_id), session);
  return mapPages(data, (list) =>
    list.map((other) => (other.session_id === session.session_id ? session : other)),
  );
}

const inFront = (data: SessionPages, session: Session): SessionPages =>
  mapPages(data, (list, page) => (page === 0 ? [session, ...list] : list));

/** Has something happened in it after all that a list shows? Lists come newest activity first. */
const isNewest = (data: SessionPages, session: Session): boolean =>
  sessionsIn(data).every((other) => other.updated_at < session.updated_at);

export function dropSession(data: SessionPages, sessionId: string): SessionPages {
  return mapPages(data, (list) => list.filter((session) => session.session_id !== sessionId));
}

/** Put a turn into the pages: in its place, unless more is known of it there, or as the newest. */
export function placeTurn(data: TurnPages, turn: Turn): TurnPages {
  const isListed = data.pages.some((page) => page.turns.some((o) => o.turn_id === turn.turn_id));
  return {
    ...data,
    pages: data.pages.map((page, index) => {
      if (!isListed) return index === 0 ? { ...page, turns: [turn, ...page.turns] } : page;
      const turns = page.turns.map((o) => (o.turn_id === turn.turn_id ? newest(o, turn) : o));
      return { ...page, turns };
    }),
  };
}

/** The pages with what the server now says are the newest turns; older pages stay as they are. */
export function refreshed(data: TurnPages, latest: TurnPage): TurnPages {
  const known = new Set(turnsIn(data).map((turn) => turn.turn_id));
  const meets = latest.turns.some((turn) => known.has(turn.turn_id));
  if (!meets) return { pages: [latest], pageParams: [null] }; // too much happened to fill the gap
  return latest.turns.toReversed().reduce(placeTurn, data);
}
