/** Words of what few talks have: formulas, diagrams, turns that take long. Fetched with the first of them. */
import type { Messages } from "../messages";

export const extras = {
  "math.formula": "Formula",
  "math.unreadable": "This formula cannot be read",

  "diagram.label": "Diagram",
  "diagram.alt": "A diagram. Its source says what it shows: “Show source”.",
  "diagram.source": "Show source",
  "diagram.unreadable": "This diagram cannot be drawn: this is its source.",

  "long.text": "This takes long.",
  "long.notify": "Notify me when it ends",
  "long.awaited": "You will be notified.",
  "long.refused": "Notifications are blocked in the browser’s settings.",
  "notice.ready": "The answer is there.",
  "notice.failed": "The agent could not answer.",
} as const satisfies Messages;
