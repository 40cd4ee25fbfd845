/** `fetch` that throws what is wrong as `ApiError`: once, or with patience. */
import { type ApiError, errorOf, isApiError, unreachable } from "./errors";
import { tell, tellOf } from "./line";
import { isRepeatable, MAX_RETRIES, retryDelay } from "./retry";
import { addressed } from "./transport";
import { wait } from "./wait";

/** A longer wait than this is for the user to decide about. */
const LONGEST_WAIT_MS = 30_000;

/** One try. An abort stays what it is; all else that goes wrong is an `ApiError`. */
export async function fetchOnce(request: Request): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(addressed(request));
  } catch (error) {
    if (request.signal.aborted) throw error;
    tell("missed");
    throw unreachable(error);
  }
  tellOf(response.status);
  if (response.ok) return response;
  throw await errorOf(response);
}

/** Tries again what is worth it and safe to repeat (see `retry.ts`), with a pause before each try. */
export const patientFetch =
  (pause: typeof wait) =>
  async (request: Request): Promise<Response> => {
    for (let retries = 0; ; retries += 1) {
      try {
        return await fetchOnce(request.clone());
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
