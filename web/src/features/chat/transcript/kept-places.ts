/**
 * Where the reader was in each session, for who comes back by the browser's back and forward.
 *
 * The rule it keeps: only for that. Whoever opens a session by a link, a key or a click wants its end.
 */
import type { VirtualItem } from "@tanstack/react-virtual";

import { cameByHistory } from "@/components/arrival";

export interface Place {
  readonly offset: number;
  /** The heights of the rows as they were: the offset means nothing without them. */
  readonly heights: VirtualItem[];
}

const places = new Map<string, Place>();

/** Null: at the end, where a session opens anyway. */
export function keepPlace(sessionId: string, place: Place | null): void {
  if (place === null) places.delete(sessionId);
  else places.set(sessionId, place);
}

export function placeToReturnTo(sessionId: string | undefined): Place | null {
  if (!cameByHistory() || sessionId === undefined) return null;
  return places.get(sessionId) ?? null;
}
