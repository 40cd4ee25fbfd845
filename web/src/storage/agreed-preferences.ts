/**
 * What this browser and the server agreed on last, so that each knows what the other has changed since.
 *
 * The rules it keeps: the last who says something of a name counts; in a browser that is new to a user the server's
 * word counts, and what only the browser has is brought to the server; what somebody else preferred here before is not.
 */
import { DEFAULTS, type Preferences, valid } from "./preferences";

/** What follows a user. What is open, who was talked with last and who may notify is the browser's own. */
export const FOLLOWING = [
  "density",
  "chatWidth",
  "messages",
  "codeTheme",
  "enterSends",
  "singleKeys",
  "readsAnswers",
  "language",
  "keys",
] as const satisfies readonly (keyof Preferences)[];

/** The colours are kept apart (see `preferences.ts`), and follow all the same. */
const MODES = ["light", "dark", "system"] as const;
export type Mode = (typeof MODES)[number];

export type Following = Pick<Preferences, (typeof FOLLOWING)[number]> & { readonly mode: Mode };
type Name = keyof Following;

const NAMES: readonly Name[] = [...FOLLOWING, "mode"];
const BY_DEFAULT: Following = following(DEFAULTS, "system");

const KEY = "tertulia-agreed";

interface Agreed {
  readonly userId: string;
  readonly values: Partial<Following>;
}

export function following(preferences: Preferences, mode: Mode): Following {
  return { ...only(preferences), mode } as Following;
}

/** What the server says, without what this page cannot read. */
export function heard(values: object): Partial<Following> {
  const mode = (values as { readonly mode?: unknown }).mode;
  const known = MODES.find((one) => one === mode);
  return { ...only(valid(values)), ...(known && { mode: known }) };
}

/** What was changed here since both agreed: what the server is to be told. Null is what nobody has to say. */
export function changedSince(agreed: Partial<Following>, here: Following): Partial<Following> {
  const changed = NAMES.filter((name) => !isSame(here[name], { ...BY_DEFAULT, ...agreed }[name]));
  return Object.fromEntries(changed.map((name) => [name, here[name]]));
}

/** What is to hold here, now that the server has said its values, but for what was changed while it was asked. */
export function taken(said: Partial<Following>, asked: Following, here: Following): Following {
  const all = { ...BY_DEFAULT, ...said };
  return Object.fromEntries(
    NAMES.map((name) => [name, isSame(asked[name], here[name]) ? all[name] : here[name]]),
  ) as unknown as Following;
}

/** Undefined where nobody has agreed on anything in this browser. */
export function agreedOn(): Agreed | undefined {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "null");
    if (typeof stored !== "object" || stored === null) return undefined;
    const { userId, values } = stored as { readonly userId?: unknown; readonly values?: unknown };
    return typeof userId === "string"
      ? { userId, values: heard(Object(values) as object) }
      : undefined;
  } catch {
    return undefined;
  }
}

export function agree(userId: string, values: Partial<Following>): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ userId, values }));
  } catch {
    // Storage is closed to us: the next page asks as a new browser does.
  }
}

function only(values: Partial<Preferences>): Partial<Following> {
  return Object.fromEntries(
    FOLLOWING.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
  );
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
