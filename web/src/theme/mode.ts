/**
 * Which mode the page was told to be drawn in: what is chosen here holds in all tabs of this browser.
 *
 * The rule it keeps: `index.html` reads the same word before the first paint. One that cannot be read is the
 * system's, and one that cannot be written holds until the page is closed.
 */
import { useSyncExternalStore } from "react";

export type Mode = "light" | "dark" | "system";

const KEY = "tertulia-mode";

let current = read();
const listeners = new Set<() => void>();

export const chosenMode = (): Mode => current;

export function chooseMode(mode: Mode): void {
  publish(mode);
  try {
    localStorage.setItem(KEY, mode);
  } catch {
    // Storage is full or closed to us: the choice lasts as long as the page.
  }
}

export function useMode(): Mode {
  return useSyncExternalStore(subscribe, chosenMode);
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener("storage", onStorage);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) removeEventListener("storage", onStorage);
  };
}

/** Another tab has chosen. */
function onStorage(change: StorageEvent): void {
  if (change.key === KEY || change.key === null) publish(read());
}

function publish(mode: Mode): void {
  current = mode;
  for (const listener of listeners) listener();
}

function read(): Mode {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}
