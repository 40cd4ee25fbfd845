/**
 * Short confirmations at the edge of the page: one at a time, gone by themselves.
 *
 * The rule it keeps: nothing that somebody must act on is only a notice; that stands where it matters.
 */
import { announce } from "./announcer";

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

let current: Notice | null = null;
let count = 0;
const listeners = new Set<() => void>();

export function notify(text: string, action?: Notice["action"]): void {
  count += 1;
  publish({ id: count, text, action });
  announce(text);
}

export const dismissNotice = (): void => publish(null);

export const currentNotice = (): Notice | null => current;

export function subscribeToNotices(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function publish(notice: Notice | null): void {
  current = notice;
  for (const listener of listeners) listener();
}
