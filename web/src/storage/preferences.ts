/**
 * What a person prefers, kept in this browser and the same in all its tabs.
 *
 * The rule it keeps: a preference that cannot be read is its default, and one that cannot be
 * written holds until the page is closed. (The colour scheme is kept apart, by the theme: it must
 * be known before the first paint.)
 */
export interface Preferences {
  readonly density: "comfortable" | "compact";
  /** Enter sends and Shift+Enter breaks the line, or the other way round. */
  readonly enterSends: boolean;
  /** Single characters are shortcuts; by voice or with shaking hands they come by mistake. */
  readonly singleKeys: boolean;
  /** The browser tells when an answer is there and nobody looks. */
  readonly notifies: boolean;
  /** Screen readers are told an answer in full when it is there. */
  readonly readsAnswers: boolean;
  readonly sidebarOpen: boolean;
  readonly inspectorOpen: boolean;
  /** Whom `/` opens a session with. */
  readonly lastAgentId: string | null;
  /** The tag of the page's language; null is what the browser asks for. */
  readonly language: string | null;
}

const KEY = "tertulia-preferences";

const DEFAULTS: Preferences = {
  density: "comfortable",
  enterSends: true,
  singleKeys: true,
  notifies: false,
  readsAnswers: false,
  sidebarOpen: true,
  inspectorOpen: false,
  lastAgentId: null,
  language: null,
};

let current: Preferences = read();
const listeners = new Set<() => void>();

export const preferences = (): Preferences => current;

export function prefer(change: Partial<Preferences>): void {
  publish({ ...current, ...change });
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // Storage is full or closed to us: the choice lasts as long as the page.
  }
}

export function subscribeToPreferences(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener("storage", onStorage);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) removeEventListener("storage", onStorage);
  };
}

/** Another tab has changed something. */
function onStorage(change: StorageEvent): void {
  if (change.key === KEY || change.key === null) publish(read());
}

function publish(next: Preferences): void {
  current = next;
  for (const listener of listeners) listener();
}

function read(): Preferences {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return typeof stored === "object"
      ? { ...DEFAULTS, ...valid(stored as Partial<Preferences>) }
      : DEFAULTS;
  } catch {
    return DEFAULTS;
  }
}

/** Only what is of the right kind: an older or newer page may have written something else. */
function valid(stored: Partial<Preferences>): Partial<Preferences> {
  const { density, enterSends, singleKeys, notifies, sidebarOpen, inspectorOpen } = stored;
  const { lastAgentId, language, readsAnswers } = stored;
  return {
    ...((density === "comfortable" || density === "compact") && { density }),
    ...(typeof enterSends === "boolean" && { enterSends }),
    ...(typeof singleKeys === "boolean" && { singleKeys }),
    ...(typeof notifies === "boolean" && { notifies }),
    ...(typeof readsAnswers === "boolean" && { readsAnswers }),
    ...(typeof sidebarOpen === "boolean" && { sidebarOpen }),
    ...(typeof inspectorOpen === "boolean" && { inspectorOpen }),
    ...(typeof lastAgentId === "string" && { lastAgentId }),
    ...(typeof language === "string" && { language }),
  };
}
