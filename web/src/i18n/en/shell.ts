/** Words of the app's frame: sessions, agents, settings. */
import type { Messages } from "../messages";

export const shell = {
  loading: "Loading…",
  "action.dismiss": "Dismiss",
  "action.save": "Save",
  "action.close": "Close",
  "action.copy": "Copy",
  "action.copied": "Copied",
  "action.delete": "Delete",
} as const satisfies Messages;
