/**
 * Is the server there? Told by the answers that come, and by asking again when none does.
 *
 * The rules it keeps: after a request without an answer the page asks `/v1/health` after about 1, 2,
 * 4, 8, 15 and then every 30 seconds, at once when somebody looks at the page or the network is
 * back, and says so when the first of these has got no answer either; with the first answer
 * everything on the screen is fetched anew. Offline it asks nobody.
 */
import type { QueryClient } from "@tanstack/react-query";

import { hear, tell } from "@/api/line";
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

  /** `ask`: does the server answer? `onReturn`: it does again, after it was said that it does not. */
  constructor(ask: () => Promise<boolean>, onReturn: () => void) {
    this.#ask = ask;
    this.#onReturn = onReturn;
  }

  readonly snapshot = (): Connection => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** A request got no answer. A server that restarts may be back before it is worth a word. */
  readonly missed = (): void => {
    if (this.#snapshot.state === "connected" && this.#tries === 0) this.#askLater();
  };

  /** A request was answered. */
  readonly answered = (): void => {
    if (this.#tries > 0 && navigator.onLine) this.#returned();
  };

  /** The browser says that there is no network. */
  readonly wentOffline = (): void => {
    clearTimeout(this.#timer);
    this.#publish({ state: "offline" });
  };

  /** Do not wait any longer: somebody looks, or the network is back. */
  readonly retryNow = async (): Promise<void> => {
    if (this.#snapshot.state === "connected" && this.#tries === 0) return;
    clearTimeout(this.#timer);
    if (this.#snapshot.state !== "connected")
      this.#publish({ state: "unreachable", retryAt: null });
    if (await this.#ask()) this.#returned();
    else if (navigator.onLine) this.#askLater();
    else this.wentOffline();
  };

  #askLater(): void {
    this.#tries += 1;
    const delay = backoff(this.#tries);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.retryNow(), delay);
    if (this.#tries > 1) this.#publish({ state: "unreachable", retryAt: Date.now() + delay });
  }

  #returned(): void {
    const wasTold = this.#snapshot.state !== "connected";
    this.#tries = 0;
    clearTimeout(this.#timer);
    tell("back");
    if (!wasTold) return;
    this.#publish(CONNECTED);
    this.#onReturn();
  }

  #publish(snapshot: Connection): void {
    this.#snapshot = snapshot;
    for (const listener of this.#listeners) listener();
  }
}

/** A server that takes longer is as good as away. */
const HEALTH_MS = 10_000;

async function isHealthy(): Promise<boolean> {
  const signal = AbortSignal.timeout(HEALTH_MS);
  try {
    return (await fetch("/v1/health", { cache: "no-store", signal })).ok;
  } catch {
    return false;
  }
}

export function newWatch(client: QueryClient): ConnectionWatch {
  return new ConnectionWatch(isHealthy, () => void client.refetchQueries({ type: "active" }));
}

/** Tell the watch what the requests and the browser say. Returns the end of it. */
export function feedWatch(watch: ConnectionWatch): () => void {
  const onVisible = () => {
    if (!document.hidden && navigator.onLine) void watch.retryNow();
  };
  const onOnline = () => void watch.retryNow();
  const stops = [hear("missed", watch.missed), hear("answered", watch.answered)];
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
