/**
 * What a page and the talk in its frame say to each other.
 *
 * The rules it keeps: the frame says `READY`, which tells nothing, to whoever is around it. That page
 * answers `HELLO` with a port, and from then on all is said through the port: nobody else hears it.
 * A key goes this way only.
 */
export const READY = "tertulia:ready";
export const HELLO = "tertulia:hello";

export const THEMES = ["light", "dark", "system"] as const;
export type Theme = (typeof THEMES)[number];

/** `"new"` where no session is yet. */
export const NEW = "new";

/** What the page tells the frame: with `HELLO`, and again when something of it changes. */
export interface Told {
  readonly apiKey?: string | null;
  readonly theme?: Theme;
  readonly session?: string;
}

export interface Hello {
  readonly type: typeof HELLO;
  readonly told: Told;
}

/** What the frame says: each is an event of the element, see `docs/guide/embedding.md`. */
export type News =
  | { readonly type: "session"; readonly detail: { readonly sessionId: string | null } }
  | {
      readonly type: "turn";
      readonly detail: {
        readonly sessionId: string;
        readonly turnId: string;
        readonly status: string;
      };
    }
  | {
      readonly type: "error";
      readonly detail: { readonly code: string; readonly message: string };
    };

export const isTheme = (text: unknown): text is Theme => THEMES.some((theme) => theme === text);

/** What of a message makes sense; the rest is as if it had not been said. */
export function toldIn(data: unknown): Told {
  if (typeof data !== "object" || data === null) return {};
  const { apiKey, theme, session } = data as Readonly<Record<string, unknown>>;
  return {
    ...((typeof apiKey === "string" || apiKey === null) && { apiKey }),
    ...(isTheme(theme) && { theme }),
    ...(typeof session === "string" && { session }),
  };
}
