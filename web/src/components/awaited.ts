/**
 * Which turns somebody wants to be told the end of: all of them, by a preference of this browser, or those that they
 * have asked for. Who is told is told by the browser, when they look elsewhere.
 */
import { useSyncExternalStore } from "react";

import { preferences } from "@/storage/preferences";

let asked: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

/** Does somebody wait for the end of this turn, or of any? */
export const isAwaited = (turnId?: string): boolean =>
  preferences().notifies || (turnId === undefined ? asked.size > 0 : asked.has(turnId));

export const awaitEnd = (turnId: string): void => publish(new Set(asked).add(turnId));

/** It has come. */
export function endAwaiting(turnId: string): void {
  const rest = new Set(asked);
  if (rest.delete(turnId)) publish(rest);
}

export const useIsAwaited = (turnId: string): boolean =>
  useSyncExternalStore(subscribe, () => isAwaited(turnId));

function publish(next: ReadonlySet<string>): void {
  asked = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
