/** Changes to cached pages, as pure functions: what an optimistic update does to a list. */
import type { InfiniteData } from "@tanstack/react-query";

import type { SessionFilter } from "./client";
import { newest } from "./event-id";
import type { Session, SessionPage, SessionPatch, Siblings, Turn, TurnPage } from "./types";

export type SessionPages = InfiniteData<SessionPage, string | null>;
export type TurnPages = InfiniteData<TurnPage, OlderTurns | null>;

/** Where older turns go on: on the branch with this end, whichever is the active one by then. */
export interface OlderTurns {
  readonly cursor: string;
  readonly tip: string | undefined;
}

export const sessionsIn = (data: SessionPages): readonly Session[] =>
  data.pages.flatMap((page) => page.sessions);

/** Pages come newest first; a transcript reads oldest first. */
export const turnsIn = (data: TurnPages): readonly Turn[] =>
  data.pages.flatMap((page) => page.turns).reverse();

/** What is loaded of the branch that is shown, and which of its turns have others beside them. */
export interface Branch {
  readonly turns: readonly Turn[];
  readonly siblings: Siblings;
}

export const branchIn = (data: TurnPages): Branch => ({
  turns: turnsIn(data),
  siblings: Object.assign({}, ...data.pages.map((page) => page.siblings)) as Siblings,
});

/** The session as it will be once the server has taken the patch. */
export function patched(session: Session, patch: SessionPatch): Session {
  return {
    ...session,
    ...patch,
    ...(patch.session_name !== undefined && { title_source: "user" }),
  };
}

/** Whatever its case. */
export const hasTag = (tags: readonly string[], tag: string): boolean =>
  tags.some((each) => each.toLowerCase() === tag.toLowerCase());

/** Does a list with this filter show the session? Whether its text fits only the server knows. */
function belongs(session: Session, filter: SessionFilter): boolean {
  const { archived = false, pinned = "any", tag } = filter;
  return (
    (!tag || hasTag(session.tags, tag)) &&
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

/** Put a turn's new state into the pages that show it, unless more is known of it there. */
export function placeTurn(data: TurnPages, turn: Turn): TurnPages {
  const place = placeOf(data, turn.turn_id);
  if (place === undefined) return data; // it lies on another branch
  const { turns } = place.page;
  return withPage(data, place.index, {
    ...place.page,
    turns: turns.with(place.at, newest(turns[place.at] ?? turn, turn)),
  });
}

/** Add the newest turn. */
export function appended(data: TurnPages, turn: Turn): TurnPages {
  const [first] = data.pages;
  if (first === undefined || placeOf(data, turn.turn_id)) return placeTurn(data, turn);
  return withPage(data, 0, { ...first, turns: [turn, ...first.turns] });
}

/**
 * Put a new turn beside a known one: the branch that is shown ends with it. That one, and what came
 * after it, are on another branch from now on.
 */
export function branchedOff(data: TurnPages, besideId: string, turn: Turn): TurnPages {
  const place = placeOf(data, besideId);
  if (place === undefined || placeOf(data, turn.turn_id)) return placeTurn(data, turn);
  const { page, index, at } = place;
  const all = [...(page.siblings[besideId] ?? [besideId]), turn.turn_id];
  const cut = {
    ...page,
    turns: [turn, ...page.turns.slice(at + 1)],
    siblings: { ...page.siblings, [turn.turn_id]: all },
  };
  return from(data, index, cut);
}

/** Is there no gap between what is known and the end of the active branch? */
export function leadsTo(data: TurnPages, { turns, has_more: hasMore }: TurnPage): boolean {
  const oldest = turns.at(-1);
  return !hasMore || (oldest !== undefined && placeOf(data, oldest.turn_id) !== undefined);
}

/**
 * The pages with what the server now says is the end of the active branch. What lies before that is
 * kept if it leads there; else too much happened to fill the gap, or it is another branch.
 */
export function refreshed(data: TurnPages, latest: TurnPage): TurnPages {
  const oldest = latest.turns.at(-1);
  const place = oldest && latest.has_more ? placeOf(data, oldest.turn_id) : undefined;
  const known = new Map(turnsIn(data).map((turn) => [turn.turn_id, turn]));
  const turns = latest.turns.map((turn) => newest(known.get(turn.turn_id) ?? turn, turn));
  if (place === undefined) return { pages: [{ ...latest, turns }], pageParams: [null] };
  const { page, index, at } = place;
  const older = page.turns.slice(at + 1);
  const siblings = { ...ofTurns(page.siblings, older), ...latest.siblings };
  return from(data, index, { ...page, turns: [...turns, ...older], siblings });
}

interface PlaceOfTurn {
  readonly page: TurnPage;
  readonly index: number;
  readonly at: number;
}

function placeOf(data: TurnPages, turnId: string): PlaceOfTurn | undefined {
  for (const [index, page] of data.pages.entries()) {
    const at = page.turns.findIndex((turn) => turn.turn_id === turnId);
    if (at !== -1) return { page, index, at };
  }
  return undefined;
}

const withPage = (data: TurnPages, index: number, page: TurnPage): TurnPages => ({
  ...data,
  pages: data.pages.with(index, page),
});

/** The pages from one on, which is the newest now. */
const from = ({ pages, pageParams }: TurnPages, index: number, page: TurnPage): TurnPages => ({
  pages: [page, ...pages.slice(index + 1)],
  pageParams: [null, ...pageParams.slice(index + 1)],
});

const ofTurns = (siblings: Siblings, turns: readonly Turn[]): Siblings =>
  Object.fromEntries(
    turns.flatMap(({ turn_id: id }) => (siblings[id] ? [[id, siblings[id]]] : [])),
  );
