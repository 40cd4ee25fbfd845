/**
 * What is said to screen readers: one sentence at a time, from anywhere in the page.
 *
 * The rule it keeps: there is one polite voice ("Answer ready, 240 words") and one urgent one (a
 * failure, an approval). What is announced here is not a live region itself, or it is read twice.
 */
export type Urgency = "polite" | "urgent";

/** `id` grows with every announcement: the same words said again are said again. */
export interface Announcement {
  readonly id: number;
  readonly text: string;
  readonly urgency: Urgency;
}

let latest: Announcement | null = null;
const listeners = new Set<() => void>();

export function announce(text: string, urgency: Urgency = "polite"): void {
  latest = { id: (latest?.id ?? 0) + 1, text, urgency };
  for (const listener of listeners) listener();
}

export function subscribeToAnnouncements(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const latestAnnouncement = (): Announcement | null => latest;
