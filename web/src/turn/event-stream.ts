/**
 * Events from where we know them to their end, whatever happens to the line: those of one turn until it
 * rests, or the changes of an agent's sessions, which never end.
 *
 * The rules it keeps: an end that we did not ask for is a cut, never the end of the turn; after a
 * cut the stream is taken up after the last event that came, at once when the server is back;
 * silence of 30 s is a cut too; a page that nobody looks at for 30 s gives its connection back, unless
 * somebody waits to be told what comes. What came before is passed over; where events are missing they
 * are asked for again, at once, and only a server that says the same again has none.
 */
import { type ApiError, isApiError } from "@/api/errors";
import type { EventFrame } from "@/api/events";
import { hear, tell } from "@/api/line";

import { backoff } from "./backoff";
import { readEvents } from "./read-events";

export type Connection =
  | { readonly state: "idle" }
  | { readonly state: "connecting" }
  | { readonly state: "open" }
  /**
   * `since` is when the line was lost, `retryAt` when the next try is made (epoch ms). Without an
   * `error` it was cut, or nobody answered: whether the server is there the whole page wants to know.
   */
  | {
      readonly state: "reconnecting";
      readonly attempt: number;
      readonly since: number;
      readonly retryAt: number;
      readonly error: ApiError | null;
    }
  | { readonly state: "offline" }
  /** The server refused: trying again would not help. */
  | { readonly state: "failed"; readonly error: ApiError };

/** The server sends a heartbeat every 15 s. */
export const SILENCE_MS = 30_000;
export const HIDDEN_MS = 30_000;

export interface StreamOptions<Payload> {
  /** Ask for the events after the one named; rejects with an ApiError when refused. */
  readonly connect: (after: string | null, signal: AbortSignal) => Promise<Response>;
  readonly after: string | null;
  /** Has the server nothing more to say after this one? */
  readonly isEnd: (payload: Payload) => boolean;
  /** Where an event stands, seen from the last one; not said: always next. */
  readonly placeAfter?: (id: string, after: string) => "before" | "next" | "beyond";
  readonly onFrame: (frame: EventFrame<Payload>) => void;
  readonly onConnection: (connection: Connection) => void;
  /** Does somebody wait for what comes although nobody looks? */
  readonly isAwaited?: () => boolean;
}

export class EventStream<Payload> {
  readonly #options: StreamOptions<Payload>;
  #after: string | null;
  #line: AbortController | null = null;
  #silence: Timer;
  #retry: Timer;
  #hidden: Timer;
  #attempt = 0;
  #lostAt = 0;
  /** Which event came in place of the next one. */
  #jumped: string | null = null;
  #stopHearing: (() => void) | undefined;
  #isOver = false;

  constructor(options: StreamOptions<Payload>) {
    this.#options = options;
    this.#after = options.after;
  }

  start(): void {
    addEventListener("online", this.#onOnline);
    addEventListener("offline", this.#goOffline);
    document.addEventListener("visibilitychange", this.#onVisibility);
    this.#stopHearing = hear("back", this.#onOnline);
    this.reconnectNow();
    if (isHidden()) this.#onVisibility();
  }

  /** For good: the turn rests, or nobody wants to know. */
  stop(): void {
    this.#isOver = true;
    removeEventListener("online", this.#onOnline);
    removeEventListener("offline", this.#goOffline);
    document.removeEventListener("visibilitychange", this.#onVisibility);
    this.#stopHearing?.();
    clearTimeout(this.#hidden);
    this.#hangUp();
    this.#options.onConnection({ state: "idle" });
  }

  /** Do not wait any longer, if there is no line. */
  readonly reconnectNow = (): void => {
    if (this.#line !== null || this.#isOver) return;
    this.#attempt = 0;
    clearTimeout(this.#retry);
    if (navigator.onLine) void this.#open();
    else this.#goOffline();
  };

  async #open(): Promise<void> {
    const line = new AbortController();
    this.#line = line;
    if (this.#attempt === 0) this.#options.onConnection({ state: "connecting" });
    this.#listen(line);
    const end = { isReached: false };
    try {
      const response = await this.#options.connect(this.#after, line.signal);
      this.#listen(line);
      if (this.#line === line) this.#options.onConnection({ state: "open" });
      await readEvents<Payload>(response, {
        onBytes: () => this.#listen(line),
        onFrame: (frame) => {
          if (this.#take(frame, line)) end.isReached = this.#options.isEnd(frame.payload);
        },
      });
      this.#end(line, end, null);
    } catch (error) {
      this.#end(line, end, error);
    }
  }

  /** The line has ended, whichever way: after the last event nothing is missing. */
  #end(line: AbortController, { isReached }: { isReached: boolean }, error: unknown): void {
    if (isReached && this.#line === line) this.stop();
    else this.#lose(line, error);
  }

  /** Hand on an event, if it is the next one. */
  #take(frame: EventFrame<Payload>, line: AbortController): boolean {
    if (this.#line !== line || !this.#isNext(frame.id)) return false;
    this.#after = frame.id;
    this.#jumped = null;
    this.#attempt = 0;
    this.#options.onFrame(frame);
    return true;
  }

  #isNext(id: string): boolean {
    const { placeAfter } = this.#options;
    if (placeAfter === undefined || this.#after === null) return true;
    const place = placeAfter(id, this.#after);
    if (place !== "beyond" || id === this.#jumped) return place !== "before";
    this.#jumped = id;
    this.#hangUp();
    void this.#open();
    return false;
  }

  /** Something was heard: the silence begins anew. */
  #listen(line: AbortController): void {
    if (this.#line !== line) return;
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      line.abort();
      this.#lose(line, null);
    }, SILENCE_MS);
  }

  /** The line is gone, and not because we hung up. */
  #lose(line: AbortController, error: unknown): void {
    if (this.#line !== line) return;
    this.#hangUp();
    if (isApiError(error) && isRefusal(error)) {
      this.#options.onConnection({ state: "failed", error });
    } else if (navigator.onLine) {
      this.#tryLater(isApiError(error) && error.status !== 0 ? error : null);
    } else {
      this.#goOffline();
    }
  }

  #tryLater(error: ApiError | null): void {
    this.#attempt += 1;
    if (this.#attempt === 1) this.#lostAt = Date.now();
    if (error === null) tell("missed");
    const delay = backoff(this.#attempt);
    this.#options.onConnection({
      state: "reconnecting",
      attempt: this.#attempt,
      since: this.#lostAt,
      retryAt: Date.now() + delay,
      error,
    });
    this.#retry = setTimeout(() => void this.#open(), delay);
  }

  #hangUp(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#retry);
    const line = this.#line;
    this.#line = null;
    line?.abort();
  }

  readonly #goOffline = (): void => {
    this.#hangUp();
    this.#options.onConnection({ state: "offline" });
  };

  readonly #onOnline = (): void => {
    if (!isHidden()) this.reconnectNow();
  };

  readonly #onVisibility = (): void => {
    clearTimeout(this.#hidden);
    if (!isHidden()) {
      this.reconnectNow();
      return;
    }
    this.#hidden = setTimeout(() => {
      if (this.#options.isAwaited?.() === true) {
        this.#onVisibility(); // and is asked again
        return;
      }
      this.#hangUp();
      this.#options.onConnection({ state: "idle" });
    }, HIDDEN_MS);
  };
}

const isHidden = () => document.visibilityState === "hidden";

type Timer = ReturnType<typeof setTimeout> | undefined;

/** The client's mistakes stay mistakes; only being too fast passes. */
function isRefusal(error: ApiError): boolean {
  return error.status >= 400 && error.status < 500 && error.status !== 429;
}
