/** Words of what few talks have: formulas and diagrams. Fetched with the first of them. */
import type { Messages } from "../messages";

export const extras = {
  "math.formula": "Formula",
  "math.unreadable": "This formula cannot be read",

  "diagram.label": "Diagram",
  "diagram.alt": "A diagram. Its source says what it shows: “Show source”.",
  "diagram.source": "Show source",
  "diagram.unreadable": "This diagram cannot be drawn: this is its source.",
} as const satisfies Messages;
