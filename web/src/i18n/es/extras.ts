/** Words of what few talks have: formulas, diagrams, turns that take long. Fetched with the first of them. */
import type { extras as english } from "../en/extras";
import type { Spanish } from "../spanish";

export const extras = {
  "math.formula": "Fórmula",
  "math.unreadable": "Esta fórmula no se puede leer",

  "diagram.label": "Diagrama",
  "diagram.alt": "Un diagrama. Su código dice lo que muestra: “Mostrar el código”.",
  "diagram.source": "Mostrar el código",
  "diagram.unreadable": "Este diagrama no se puede dibujar: este es su código.",

  "long.text": "Esto tarda.",
  "long.notify": "Avisarme cuando termine",
  "long.awaited": "Recibirás un aviso.",
  "long.refused": "Los avisos están bloqueados en los ajustes del navegador.",
  "notice.ready": "La respuesta está lista.",
  "notice.failed": "El agente no pudo responder.",
} as const satisfies Spanish<typeof english>;
