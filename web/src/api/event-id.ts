/**
 * Which of two states of a turn knows more.
 *
 * The place of an event: `n.epoch.seq`, the turn's number, its epoch and the place therein.
 *
 * Places are ordered. While a turn runs they are dense, too: an epoch counts from 1 without a gap. Of
 * a turn that ended long ago the deltas are dropped, which leaves holes. What is not newer than what
 * is known already came before.
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

/**
 * Where an event of a turn stands, seen from another: it came before, comes next, or some are between.
 * (How many an epoch had is not known to who sees the next one begin.)
 */
export function placeAfter(id: string, after: string): "before" | "next" | "beyond" {
  if (!isNewer(id, after)) return "before";
  const [, epoch, seq] = parse(id);
  const [, knownEpoch, knownSeq = 0] = parse(after);
  return seq === (epoch === knownEpoch ? knownSeq + 1 : 1) ? "next" : "beyond";
}

/** The one of two states of a turn that knows more; of equals the second. */
export function newest(one: Turn, other: Turn | undefined): Turn {
  if (other === undefined) return one;
  const isBetter = one.last_event_id !== null && isNewer(one.last_event_id, other.last_event_id);
  return isBetter ? one : other;
}
