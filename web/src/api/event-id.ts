/**
 * Which of two states of a turn knows more.
 *
 * The place of an event: `n.epoch.seq`, the turn's number, its epoch and the place therein.
 *
 * Places are ordered but not dense: deltas that were joined on their way leave holes, so a jump is
 * no gap. What is not newer than what is known already came before.
 */
import type { Turn } from "./types";

const parse = (id: string): readonly number[] => id.split(".").map(Number);

/** Is `id` newer than `than`? Everything is newer than nothing. */
export function isNewer(id: string, than: string | null): boolean {
  if (than === null) return true;
  const known = parse(than);
  const parts = parse(id);
  for (const [place, part] of parts.entries()) {
    const difference = part - (known[place] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** The one of two states of a turn that knows more; of equals the second. */
export function newest(one: Turn, other: Turn | undefined): Turn {
  if (other === undefined) return one;
  const isBetter = one.last_event_id !== null && isNewer(one.last_event_id, other.last_event_id);
  return isBetter ? one : other;
}
