/**
 * Deleting with a way back: sessions are gone from the screen at once, and from the server once
 * the time for second thoughts is over, or the page is left. What is deleted together comes back together.
 *
 * The rule it keeps: what is shown as deleted stays hidden until the server has deleted it or
 * refused to; nothing that the server refused to delete stays hidden.
 */
import { type ApiError, isApiError, isNotFound } from "./errors";
import type { Session } from "./types";

/** How long there is an Undo. */
export const UNDO_MS = 10_000;

/** Sessions that are deleted together, at least one. */
export type Removal = readonly Session[];

export interface DeletesSnapshot {
  /** Hidden, newest last: first with a way back, then on their way to the server. */
  readonly pending: readonly Removal[];
  /** The last ones that the server refused to delete. */
  readonly failure: { readonly removal: Removal; readonly error: ApiError } | null;
}

export type Erase = (removal: Removal, isLeaving: boolean) => Promise<unknown>;

export class PendingDeletes {
  #snapshot: DeletesSnapshot = { pending: [], failure: null };
  readonly #waiting = new Map<Removal, { timer: ReturnType<typeof setTimeout>; erase: Erase }>();
  readonly #listeners = new Set<() => void>();
  readonly #undoMs: number;

  constructor(undoMs = UNDO_MS) {
    this.#undoMs = undoMs;
  }

  readonly snapshot = (): DeletesSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Hide them, and have them erased when the time is over. */
  readonly remove = (removal: Removal, erase: Erase): void => {
    const hidden = hiddenIn(this.#snapshot);
    if (removal.some(({ session_id: id }) => hidden.has(id))) return;
    this.#publish({ pending: [...this.#snapshot.pending, removal], failure: null });
    const timer = setTimeout(() => void this.#send(removal, erase, false), this.#undoMs);
    this.#waiting.set(removal, { timer, erase });
  };

  /** Take it back, if it is not on its way to the server yet. */
  readonly undo = (removal: Removal): void => {
    if (!this.#waiting.has(removal)) return;
    this.#stopWaiting(removal);
    this.#reveal(removal);
  };

  /** No time for second thoughts is left: the page goes, or somebody looks into the trash. */
  readonly flush = (): void => {
    for (const [removal, { erase }] of this.#waiting) void this.#send(removal, erase, true);
  };

  readonly dismissFailure = (): void => {
    this.#publish({ ...this.#snapshot, failure: null });
  };

  async #send(removal: Removal, erase: Erase, isLeaving: boolean): Promise<void> {
    this.#stopWaiting(removal);
    try {
      await erase(removal, isLeaving);
      this.#reveal(removal);
    } catch (error) {
      this.#reveal(removal);
      if (isNotFound(error)) return; // somebody else was faster
      if (!isApiError(error)) throw error;
      this.#publish({ ...this.#snapshot, failure: { removal, error } });
    }
  }

  #stopWaiting(removal: Removal): void {
    clearTimeout(this.#waiting.get(removal)?.timer);
    this.#waiting.delete(removal);
  }

  #reveal(removal: Removal): void {
    const pending = this.#snapshot.pending.filter((other) => other !== removal);
    this.#publish({ ...this.#snapshot, pending });
  }

  #publish(snapshot: DeletesSnapshot): void {
    this.#snapshot = snapshot;
    for (const listener of this.#listeners) listener();
  }
}

/** The ids of all that is hidden. */
export const hiddenIn = ({ pending }: DeletesSnapshot): ReadonlySet<string> =>
  new Set(pending.flat().map((session) => session.session_id));
