/** Words of what few talks have: formulas. Fetched with the first of them. */
import type { extras as english } from "../en/extras";
import type { Spanish } from "../spanish";

export const extras = {
  "math.formula": "Fórmula",
  "math.unreadable": "Esta fórmula no se puede leer",
} as const satisfies Spanish<typeof english>;
