/** Words of the foundation: markdown, errors, sending. */
import type { Messages } from "../messages";

export const core = {
  "action.retry": "Retry",
  "action.cancel": "Cancel",
  "action.undo": "Undo",

  "code.label": "Code",
  "code.copy": "Copy code",
  "code.copied": "Copied",
  "code.save": "Save as a file",
  "code.wrap": "Wrap lines",
  "code.showAll": { one: "Show {count} line", other: "Show all {count} lines" },
  "code.showLess": "Show less",

  "image.open": "Image at {host}",
  "image.openNamed": "{alt} (image at {host})",
  "image.refused": "Image from an address that is not allowed",
  "markdown.taskDone": "Done",
  "markdown.taskOpen": "To do",
  "markdown.table": "Table",

  "error.network": "The server cannot be reached.",
  "error.offline": "You are offline.",
  "error.unknown": "Something went wrong.",
} as const satisfies Messages;
