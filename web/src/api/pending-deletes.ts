/**
 * Deleting with a way back: a session is gone from the screen at once, and from the server once
 * the time for second thoughts is over, or the page is left.
 *
 * The rule it keeps: what is shown as deleted stays hidden until the server has deleted it or
 * refused to; nothing that the server refused to delete stays hidden.
 */
import { type ApiError, isApiError, isNotFound } from "./errors";
import type { Session } from "./types";

/** How long there is an Undo. */
export const UNDO_MS = 10_000;

export interface DeletesSnapshot {
  /** Hidden, newest last: first with a way back, then on its way to the server. */
  readonly pending: readonly Session[];
  /** The last one that the server refused to delete. */
  readonly failure: { readonly session: Session; readonly error: ApiError } | null;
}

type Erase = (session: Session, isLeaving: boolean) => Promise<unknown>;

export class PendingDeletes {
  #snapshot: DeletesSnapshot = { pending: [], failure: null };
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #listeners = new Set<() => void>();
  readonly #erase: Erase;
  readonly #undoMs: number;

  constructor(erase: Erase, undoMs = UNDO_MS) {
    this.#erase = erase;
    this.#undoMs = undoMs;
  }

  readonly snapshot = (): DeletesSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly remove = (session: Session): void => {
    if (this.#timers.has(session.session_id)) return;
    this.#publish({ pending: [...this.#snapshot.pending, session], failure: null });
    const timer = setTimeout(() => void this.#send(session, false), this.#undoMs);
    this.#timers.set(session.session_id, timer);
  };

  /** Take it back, if it is not on its way to the server yet. */
  readonly undo = (sessionId: string): void => {
    const timer = this.#timers.get(sessionId);
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#timers.delete(sessionId);
    this.#reveal(sessionId);
  };

  /** No time for second thoughts is left: the page goes. */
  readonly flush = (): void => {
    const waiting = this.#snapshot.pending.filter(({ session_id }) => this.#timers.has(session_id));
    for (const session of waiting) {
      clearTimeout(this.#timers.get(session.session_id));
      void this.#send(session, true);
    }
  };

  readonly dismissFailure = (): void => {
    this.#publish({ ...this.#snapshot, failure: null });
  };

  async #send(session: Session, isLeaving: boolean): Promise<void> {
    this.#timers.delete(session.session_id);
    try {
      await this.#erase(session, isLeaving);
      this.#reveal(session.session_id);
    } catch (error) {
      this.#reveal(session.session_id);
      if (isNotFound(error)) return; // somebody else was faster
      if (!isApiError(error)) throw error;
      this.#publish({ ...this.#snapshot, failure: { session, error } });
    }
  }

  #reveal(sessionId: string): void {
    const pending = this.#snapshot.pending.filter(({ session_id }) => session_id !== sessionId);
    this.#publish({ ...this.#snapshot, pending });
  }

  #publish(snapshot: DeletesSnapshot): void {
    this.#snapshot = snapshot;
    for (const listener of this.#listeners) listener();
  }
}
