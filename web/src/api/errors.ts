/** The one error of a request, whatever went wrong: an answer of RFC 9457, another one, or none. */
import { tell } from "./line";
import type { FieldError, Problem } from "./types";

export class ApiError extends Error {
  override readonly name = "ApiError";
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Stable, of the contract: `session_not_found`, `rate_limited` … `unreachable` when none came. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly requestId: string | null;
  /** Seconds that the server asks to wait. */
  readonly retryAfter: number | null;
  readonly fieldErrors: readonly FieldError[];
  /** The turn that stands in the way. */
  readonly turnId: string | null;

  constructor(problem: Partial<Problem> & { readonly status: number }, cause?: unknown) {
    const title = problem.title ?? `HTTP ${problem.status}`;
    super(problem.detail ?? title, { cause });
    this.status = problem.status;
    this.code = problem.code ?? `http_${problem.status}`;
    this.title = title;
    this.detail = problem.detail ?? "";
    this.requestId = problem.request_id ?? null;
    this.retryAfter = problem.retry_after ?? null;
    this.fieldErrors = problem.errors ?? [];
    this.turnId = problem.turn_id ?? null;
  }
}

export function isApiError(error: unknown): error is ApiError {
  return error instanceof ApiError;
}

export function isNotFound(error: unknown): boolean {
  return isApiError(error) && error.status === 404;
}

/** The server does not know who asks: nobody has signed in, or not any more. */
export const SIGNED_OUT = "unauthenticated";

/** Whoever asks is known, and may not. */
export function isForbidden(error: unknown): boolean {
  return isApiError(error) && error.status === 403;
}

/** What came instead of an answer: the connection failed or was cut. */
export function unreachable(cause: unknown): ApiError {
  return new ApiError({ status: 0, code: "unreachable", title: "No answer" }, cause);
}

/**
 * Read what the server says is wrong, and let the page hear when one has to sign in. Headers count
 * where the body (say, of a proxy) is silent.
 */
export async function errorOf(response: Response): Promise<ApiError> {
  const problem = await problemIn(response);
  if (problem.code === SIGNED_OUT) tell("refused");
  const requestId = problem.request_id ?? response.headers.get("X-Request-Id");
  const retryAfter = problem.retry_after ?? secondsIn(response.headers.get("Retry-After"));
  return new ApiError({
    ...problem,
    status: response.status,
    ...(requestId !== null && { request_id: requestId }),
    ...(retryAfter !== null && { retry_after: retryAfter }),
  });
}

async function problemIn(response: Response): Promise<Partial<Problem>> {
  if (!/\bjson\b/.test(response.headers.get("Content-Type") ?? "")) return {};
  try {
    const body: unknown = await response.json();
    return typeof body === "object" && body !== null ? body : {};
  } catch {
    return {}; // the connection was cut within the body: the status says enough
  }
}

/** `Retry-After` is a number of seconds or a date. */
function secondsIn(header: string | null): number | null {
  if (header === null) return null;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}
