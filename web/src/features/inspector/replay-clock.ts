/** The clock of a replay: where it stands, and whether it goes. Values only; the time is handed in. */
export type Speed = 1 | 2 | 8;

export interface ReplayClock {
  readonly length: number;
  /** Where it stood at `since`. */
  readonly position: number;
  /** When it was last set going; null while it stands. */
  readonly since: number | null;
  readonly speed: Speed;
}

export const stoppedClock = (length: number): ReplayClock => ({
  length,
  position: 0,
  since: null,
  speed: 1,
});

export function positionAt({ length, position, since, speed }: ReplayClock, now: number): number {
  return since === null ? position : Math.min(length, position + Math.max(0, now - since) * speed);
}

export const isPlaying = ({ since }: ReplayClock): boolean => since !== null;
export const isAtEnd = (clock: ReplayClock, now: number): boolean =>
  positionAt(clock, now) >= clock.length;

/** Set it going; from the beginning, if it stands at the end. */
export function play(clock: ReplayClock, now: number): ReplayClock {
  const position = isAtEnd(clock, now) ? 0 : positionAt(clock, now);
  return { ...clock, position, since: now };
}

export const pause = (clock: ReplayClock, now: number): ReplayClock => ({
  ...clock,
  position: positionAt(clock, now),
  since: null,
});

/** Put it somewhere; it goes on from there if it goes. */
export const seek = (clock: ReplayClock, position: number, now: number): ReplayClock => ({
  ...clock,
  position: Math.min(clock.length, Math.max(0, position)),
  since: clock.since === null ? null : now,
});

/** All of it at once. */
export const finish = (clock: ReplayClock): ReplayClock => ({
  ...clock,
  position: clock.length,
  since: null,
});

export const withSpeed = (clock: ReplayClock, speed: Speed, now: number): ReplayClock => ({
  ...seek(clock, positionAt(clock, now), now),
  speed,
});

/** A log that grows makes a longer film: what was seen of it stays where it is. */
export const lengthened = (clock: ReplayClock, length: number): ReplayClock =>
  length === clock.length
    ? clock
    : { ...clock, length, position: Math.min(clock.position, length) };
