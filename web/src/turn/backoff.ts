/** How long to wait before a cut stream is opened again: 1, 2, 4, 8, 15, then every 30 s, ±30 %. */
const SECONDS = [1, 2, 4, 8, 15, 30] as const;
const SPREAD = 0.3;

/** Milliseconds before try number `attempt` (from 1). Spread, so that many pages do not come at once. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const seconds = SECONDS[Math.min(attempt, SECONDS.length) - 1] ?? 30;
  return Math.round(seconds * 1000 * (1 + SPREAD * (2 * random() - 1)));
}
