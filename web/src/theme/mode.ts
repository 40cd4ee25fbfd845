/**
 * Which mode the page was told to be drawn in: what is chosen here holds in all tabs of this browser.
 *
 * The rule it keeps: `index.html` reads the same word before the first paint. One that cannot be read is the
 * system's.
 */
import { useSyncExternalStore } from "react";

import { kept } from "@/storage/kept";

export type Mode = "light" | "dark" | "system";

const chosen = kept<Mode>("tertulia-mode", {
  read: (text) => (text === "light" || text === "dark" ? text : "system"),
  write: (mode) => mode,
});

export const chosenMode = chosen.get;

export function chooseMode(mode: Mode): void {
  chosen.change(() => mode);
}

export function useMode(): Mode {
  return useSyncExternalStore(chosen.subscribe, chosen.get);
}
