/**
 * The events of one turn, read from the server page by page, and heard as they come.
 *
 * The rules it keeps: an event is there once and in order; what is heard is taken only where it goes
 * on from what was read, so there is never a hole; readers are told a few times a second at most.
 */
import { isNewer } from "@/api/event-id";
import type { EventFrame, TurnEvent } from "@/api/events";
import { readEvents } from "@/turn/read-events";

/** So many are read at once; then somebody has to ask for more. */
export const PAGE = 2_000;
const TELL_MS = 250;

export interface LogState {
  readonly frames: readonly EventFrame[];
  readonly isReading: boolean;
  /** There are more than have been read. */
  readonly hasMore: boolean;
  readonly error: Error | null;
}

type Connect = (after: string | null, signal: AbortSignal) => Promise<Response>;

export class TurnLog {
  readonly #connect: Connect;
  readonly #listeners = new Set<() => void>();
  #frames: EventFrame[] = [];
  #line: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #state: LogState = { frames: [], isReading: false, hasMore: false, error: null };

  constructor(connect: Connect) {
    this.#connect = connect;
  }

  readonly state = (): LogState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  get lastId(): string | null {
    return this.#frames.at(-1)?.id ?? null;
  }

  /** Events were folded elsewhere that come after `place`. */
  hear(frames: readonly EventFrame[], place: string | null): void {
    const isNext = this.lastId !== null && (place === null || !isNewer(place, this.lastId));
    if (!isNext || this.#state.hasMore) return;
    this.#take(frames);
    this.#tellSoon();
  }

  /** Read on until an event that is known to be there has come, a page at the most. */
  async read(upto: string | null): Promise<void> {
    if (this.#line !== null) return;
    const line = new AbortController();
    this.#line = line;
    const begin = this.#frames.length;
    let hasMore = false;
    this.#tell({ isReading: true, error: null });
    try {
      const response = await this.#connect(this.lastId, line.signal);
      await readEvents<TurnEvent>(response, {
        onBytes: () => undefined,
        onFrame: (frame) => {
          if (line.signal.aborted) return;
          this.#take([frame]);
          hasMore = this.#frames.length - begin >= PAGE;
          if (hasMore || isReached(upto, frame.id)) line.abort();
          else this.#tellSoon();
        },
      });
      this.#end(line, { hasMore });
    } catch (error) {
      if (line.signal.aborted) this.#end(line, { hasMore });
      else this.#end(line, { error: error as Error });
    }
  }

  /** Nobody looks any more. */
  close(): void {
    const line = this.#line;
    this.#line = null;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#state = { ...this.#state, isReading: false };
    line?.abort();
  }

  #end(line: AbortController, change: Partial<LogState>): void {
    if (this.#line !== line) return;
    this.#line = null;
    this.#tell({ isReading: false, ...change });
  }

  #take(frames: readonly EventFrame[]): void {
    for (const frame of frames) if (isNewer(frame.id, this.lastId)) this.#frames.push(frame);
  }

  #tellSoon(): void {
    this.#timer ??= setTimeout(() => this.#tell({}), TELL_MS);
  }

  #tell(change: Partial<LogState>): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const isSame = this.#frames.length === this.#state.frames.length;
    const frames = isSame ? this.#state.frames : [...this.#frames];
    this.#state = { ...this.#state, ...change, frames };
    for (const listener of this.#listeners) listener();
  }
}

const isReached = (upto: string | null, id: string) => upto !== null && !isNewer(upto, id);
