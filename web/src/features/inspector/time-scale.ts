/**
 * Time with its long waits cut short, so that what was done in between can be seen: a call that waited
 * an hour for a person would leave a second of work no room.
 *
 * Pure: the timeline draws by it, and the replay plays by it.
 */

export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface TimeScale {
  /** How long all of it is drawn. */
  readonly length: number;
  /** Is anything cut short? */
  readonly isCut: boolean;
  /** Where a time is drawn: 0 to `length`. */
  readonly place: (time: number) => number;
}

/** A scale from `from` to `to`: what no span covers counts as no more than `most` in one piece. */
export function timeScale({ from, to }: Span, busy: readonly Span[], most: number): TimeScale {
  const gaps = idleBetween({ from, to }, busy).filter((gap) => gap.to - gap.from > most);
  const place = (time: number) => {
    const at = Math.min(Math.max(time, from), to);
    return gaps.reduce((drawn, gap) => drawn - cutBefore(gap, at, most), at - from);
  };
  return { length: place(to), isCut: gaps.length > 0, place };
}

/** How much of a gap is left out before a time: within it, time goes by faster. */
function cutBefore(gap: Span, at: number, most: number): number {
  const length = gap.to - gap.from;
  const share = Math.min(1, Math.max(0, (at - gap.from) / length));
  return share * (length - most);
}

function idleBetween({ from, to }: Span, busy: readonly Span[]): readonly Span[] {
  const gaps: Span[] = [];
  let end = from;
  for (const span of [...busy].sort((one, other) => one.from - other.from)) {
    if (span.from > end) gaps.push({ from: end, to: Math.min(span.from, to) });
    end = Math.max(end, span.to);
  }
  if (end < to) gaps.push({ from: end, to });
  return gaps;
}
