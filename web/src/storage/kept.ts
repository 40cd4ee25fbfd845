/**
 * Something that is kept in this browser under one key, and is the same in all its tabs.
 *
 * The rule it keeps: what cannot be read is what it is by default, what cannot be written holds until the page is
 * closed, and a change is made on top of what other tabs have written.
 */
export interface Kept<T> {
  readonly get: () => T;
  /** Make it what `next` makes of it; if that is the same, nothing happens. */
  readonly change: (next: (now: T) => T) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

/** How it is written. `read` takes whatever may be there, or null; `write` gives null for what leaves nothing. */
export interface Format<T> {
  readonly read: (text: string | null) => T;
  readonly write: (value: T) => string | null;
}

export function kept<T>(key: string, { read, write }: Format<T>): Kept<T> {
  const listeners = new Set<() => void>();
  let isWritten = true;
  let text: string | null = null;
  let current = read(text);
  look();

  /** Take what is there, if it is another text than before. */
  function look(): void {
    if (!isWritten) return;
    try {
      const found = localStorage.getItem(key);
      if (found === text) return;
      text = found;
      current = read(text);
    } catch {
      // Storage is closed to us.
    }
  }

  function store(value: T): void {
    current = value;
    text = write(value);
    try {
      if (text === null) localStorage.removeItem(key);
      else localStorage.setItem(key, text);
      isWritten = true;
    } catch {
      isWritten = false; // Storage is full or closed to us.
    }
  }

  /** Do something, and tell who listens if it has changed anything. */
  function tellingAll(act: () => void): void {
    const before = current;
    act();
    if (current !== before) for (const listener of listeners) listener();
  }

  function onStorage(change: StorageEvent): void {
    if (change.key === key || change.key === null) tellingAll(look);
  }

  return {
    get: () => current,
    change: (next) => {
      tellingAll(() => {
        look();
        const value = next(current);
        if (value !== current) store(value);
      });
    },
    subscribe: (listener) => {
      if (listeners.size === 0) {
        addEventListener("storage", onStorage);
        look(); // nobody has listened to other tabs meanwhile
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) removeEventListener("storage", onStorage);
      };
    },
  };
}

/** What a text says as JSON, if it does. */
export function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}
