/** Words of a talk in a frame on a page of others. */
import type { Messages } from "../messages";

export const embed = {
  "embed.talk": "Talk",
  "embed.openInTab": "Open in a tab",
  "embed.refused": "You are not signed in here",
  "embed.refusedText":
    "Sign in in a tab of its own, then try again. On pages of other sites the browser may keep that from this frame; there the page has to say who you are.",
  "embed.keyRefused":
    "The key that this page gave does not hold. Its owner has to give another one.",
} as const satisfies Messages;
