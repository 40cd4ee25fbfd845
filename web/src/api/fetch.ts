/**
 * `fetch` that throws what is wrong as `ApiError`: once, or with patience.
 *
 * The rule it keeps: what is read as a whole is not waited for without end. A line on which nothing
 * comes any more is taken as cut; one that is only slow is not.
 */
import { type ApiError, errorOf, isApiError, unreachable } from "./errors";
import { tell, tellOf } from "./line";
import { isRepeatable, MAX_RETRIES, retryDelay } from "./retry";
import { addressed } from "./transport";
import { wait } from "./wait";

/** A longer wait than this is for the user to decide about. */
const LONGEST_WAIT_MS = 30_000;

/** So long a line may be silent before the answer to a read, and within it. */
const LONGEST_SILENCE_MS = 30_000;

/** One try. An abort stays what it is; all else that goes wrong is an `ApiError`. */
export async function fetchOnce(request: Request, isRead = false): Promise<Response> {
  let response: Response;
  try {
    response = await (isRead ? read(addressed(request)) : fetch(addressed(request)));
  } catch (error) {
    if (request.signal.aborted) throw error;
    tell("missed");
    throw unreachable(error);
  }
  tellOf(response.status);
  if (response.ok) return response;
  throw await errorOf(response);
}

/** The whole answer; it fails when nothing comes for too long. */
export async function read(request: Request, silence = LONGEST_SILENCE_MS): Promise<Response> {
  const { signal } = request;
  signal.throwIfAborted();
  const line = new AbortController();
  signal.addEventListener("abort", () => line.abort(signal.reason));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(() => line.abort(), silence);
  };
  listen();
  try {
    const response = await fetch(request, { signal: line.signal });
    if (response.body === null) return response;
    const reader = response.body.getReader();
    line.signal.addEventListener("abort", () => void reader.cancel().catch(() => undefined));
    const decoder = new TextDecoder();
    for (let text = ""; ;) {
      const { done, value } = await reader.read();
      line.signal.throwIfAborted();
      if (done) return new Response(text, response);
      text += decoder.decode(value, { stream: true });
      listen();
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Tries again what is worth it and safe to repeat (see `retry.ts`), with a pause before each try. */
export const patientFetch =
  (pause: typeof wait) =>
  async (request: Request, isRead = false): Promise<Response> => {
    for (let retries = 0; ; retries += 1) {
      try {
        return await fetchOnce(request.clone(), isRead);
      } catch (error) {
        if (!isApiError(error) || !isRepeatable(request)) throw error;
        await pause(patience(error, retries), request.signal);
      }
    }
  };

export const fetchPatiently = patientFetch(wait);

/** How long to wait for the next try; throws the error when there is none. */
function patience(error: ApiError, retries: number): number {
  const delay = retries < MAX_RETRIES ? retryDelay(error, retries) : null;
  if (delay === null || delay > LONGEST_WAIT_MS) throw error;
  return delay;
}
