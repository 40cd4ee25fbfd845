/**
 * When a request is tried again, and when it is not.
 *
 * The rule it keeps: the client's mistakes (4xx) are never repeated; the server's troubles are,
 * three times after about 1, 2 and 4 seconds; 429 waits as long as the server says. What a server
 * that is away has not heard can be said when it is back, however long that takes.
 */
import type { ApiError } from "./errors";

export const MAX_RETRIES = 3;

const AWAY = 0;
const TROUBLES: readonly number[] = [AWAY, 500, 502, 503, 504];
/** So soon, at the latest, a server that is back is noticed. */
const LONGEST_BACKOFF_S = 15;
const JITTER = 0.25;
/** Without `Retry-After` a 429 waits 5, 10, 20 … seconds. */
const RATE_LIMIT_FLOOR_S = 5;

/**
 * The milliseconds to wait before try number `retries + 1`, or null when there is none.
 * What the server asks for is never undercut.
 */
export function retryDelay(
  error: ApiError,
  retries: number,
  random: () => number = Math.random,
): number | null {
  if (error.status === 429) {
    const seconds = error.retryAfter ?? RATE_LIMIT_FLOOR_S * 2 ** retries;
    return seconds * 1000 * (1 + JITTER * random());
  }
  if (!TROUBLES.includes(error.status)) return null;
  if (retries >= MAX_RETRIES && error.status !== AWAY) return null;
  const backoff = Math.min(2 ** retries, LONGEST_BACKOFF_S) * (1 + JITTER * (2 * random() - 1));
  return 1000 * Math.max(backoff, error.retryAfter ?? 0);
}

/** May this request reach the server twice without doing its work twice? */
export function isRepeatable(request: Request): boolean {
  return request.method !== "POST" || request.headers.has("Idempotency-Key");
}
