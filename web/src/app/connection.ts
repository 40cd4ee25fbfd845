/**
 * Is the server there? Told by the answers that come, and by asking again when none does.
 *
 * The rule it keeps: after a request without an answer the page asks `/v1/health` after about 1, 2,
 * 4, 8, 15 and then every 30 seconds, at once when somebody looks at the page or the network is
 * back; with the first answer everything on the screen is fetched anew. Offline it asks nobody.
 */
import type { QueryClient } from "@tanstack/react-query";

import { isApiError } from "@/api/errors";
import { backoff } from "@/turn/backoff";

export type Connection =
  | { readonly state: "connected" }
  | { readonly state: "offline" }
  /** `retryAt` in milliseconds since 1970; null while it asks. */
  | { readonly state: "unreachable"; readonly retryAt: number | null };

const CONNECTED: Connection = { state: "connected" };

export class ConnectionWatch {
  #snapshot: Connection = navigator.onLine ? CONNECTED : { state: "offline" };
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #ask: () => Promise<boolean>;
  readonly #onReturn: () => void;

  /** `ask`: does the server answer? `onReturn`: it does again. */
  constructor(ask: () => Promise<boolean>, onReturn: () => void) {
    this.#ask = ask;
    this.#onReturn = onReturn;
  }

  readonly snapshot = (): Connection => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** A request got no answer. */
  readonly missed = (): void => {
    if (this.#snapshot.state === "connected") this.#waitAndAsk();
  };

  /** The browser says that there is no network. */
  readonly wentOffline = (): void => {
    clearTimeout(this.#timer);
    this.#publish({ state: "offline" });
  };

  /** Do not wait any longer: somebody looks, or the network is back. */
  readonly retryNow = async (): Promise<void> => {
    if (this.#snapshot.state === "connected") return;
    clearTimeout(this.#timer);
    this.#publish({ state: "unreachable", retryAt: null });
    if (await this.#ask()) this.#returned();
    else if (navigator.onLine) this.#waitAndAsk();
    else this.wentOffline();
  };

  #waitAndAsk(): void {
    this.#tries += 1;
    const delay = backoff(this.#tries);
    this.#timer = setTimeout(() => void this.retryNow(), delay);
    this.#publish({ state: "unreachable", retryAt: Date.now() + delay });
  }

  #returned(): void {
    this.#tries = 0;
    this.#publish(CONNECTED);
    this.#onReturn();
  }

  #publish(snapshot: Connection): void {
    this.#snapshot = snapshot;
    for (const listener of this.#listeners) listener();
  }
}

/** Did the request fail for want of a server, rather than by its answer? */
const isUnanswered = (error: unknown) =>
  isApiError(error) && [0, 502, 503, 504].includes(error.status);

async function isHealthy(): Promise<boolean> {
  try {
    return (await fetch("/v1/health", { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

export function newWatch(client: QueryClient): ConnectionWatch {
  return new ConnectionWatch(isHealthy, () => void client.refetchQueries({ type: "active" }));
}

/** Tell the watch what the requests of a cache and the browser say. Returns the end of it. */
export function feedWatch(watch: ConnectionWatch, client: QueryClient): () => void {
  const onVisible = () => {
    if (!document.hidden && navigator.onLine) void watch.retryNow();
  };
  const onOnline = () => void watch.retryNow();
  const stops = [
    client.getQueryCache().subscribe(({ type, query }) => {
      if (type === "updated" && isUnanswered(query.state.error)) watch.missed();
    }),
    client.getMutationCache().subscribe(({ mutation }) => {
      if (isUnanswered(mutation?.state.error)) watch.missed();
    }),
  ];
  addEventListener("online", onOnline);
  addEventListener("offline", watch.wentOffline);
  document.addEventListener("visibilitychange", onVisible);
  return () => {
    for (const stop of stops) stop();
    removeEventListener("online", onOnline);
    removeEventListener("offline", watch.wentOffline);
    document.removeEventListener("visibilitychange", onVisible);
  };
}
