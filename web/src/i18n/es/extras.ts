/** Words of what few talks have: formulas and diagrams. Fetched with the first of them. */
import type { extras as english } from "../en/extras";
import type { Spanish } from "../spanish";

export const extras = {
  "math.formula": "Fórmula",
  "math.unreadable": "Esta fórmula no se puede leer",

  "diagram.label": "Diagrama",
  "diagram.alt": "Un diagrama. Su código dice lo que muestra: “Mostrar el código”.",
  "diagram.source": "Mostrar el código",
  "diagram.unreadable": "Este diagrama no se puede dibujar: este es su código.",
} as const satisfies Spanish<typeof english>;
