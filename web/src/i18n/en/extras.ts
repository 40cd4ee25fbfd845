/** Words of what few talks have: formulas. Fetched with the first of them. */
import type { Messages } from "../messages";

export const extras = {
  "math.formula": "Formula",
  "math.unreadable": "This formula cannot be read",
} as const satisfies Messages;
