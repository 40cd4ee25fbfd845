/**
 * The line to the server: every request says here whether an answer came, and whoever waits for
 * the server hears when it is back.
 *
 * The rule it keeps: it knows nothing of when to ask again; `app/connection.ts` does.
 */

/**
 * `missed`: no answer came. `answered`: one did. `refused`: the server does not know who asks. `back`:
 * the server is there again, or knows again who asks.
 */
export type Word = "missed" | "answered" | "refused" | "back";

const line = new EventTarget();

export function tell(word: Word): void {
  line.dispatchEvent(new Event(word));
}

/** Hear of it from now on; returns the end of that. */
export function hear(word: Word, listener: () => void): () => void {
  line.addEventListener(word, listener);
  return () => line.removeEventListener(word, listener);
}

/** What stands in for a server that is not there, or is about to leave, says so by its status. */
const ABSENT: readonly number[] = [502, 503, 504];

export function tellOf(status: number): void {
  tell(ABSENT.includes(status) ? "missed" : "answered");
}
