/** Words of what is done with turns now and then. */
import type { branches as english } from "../en/branches";
import type { Spanish } from "../spanish";

export const branches = {
  "branch.fork": "Continuar en una sesión nueva",
  "branch.forked": "Una sesión nueva con la conversación hasta aquí. La otra queda como está.",
  "branch.notForked": "No se ha podido continuar la sesión: {reason}",
  "branch.copyPlain": "Copiar como texto sin formato",
  "branch.copyLink": "Copiar enlace a este turno",
  "branch.linkCopied": "Enlace copiado",
  "branch.share": "Compartir hasta aquí",
  "branch.copyId": "Copiar el id del turno",
  "branch.idCopied": "Id copiado",
  "branch.retryElsewhere": "Reintentar con otro agente",
  "branch.retryWith": "Reintentar con {agent}",
  "branch.askedElsewhere": "{agent} responde en una sesión nueva. La otra queda como está.",
  "branch.notAskedElsewhere": "No se ha preguntado al otro agente: {reason}",
  "branch.delete": "¿Eliminar este turno?",
  "branch.deleteText":
    "Se elimina, y con él todo lo que se dijo después, también en otras ramas. No se puede deshacer.",
  "branch.deleted": "Turno eliminado",
  "branch.notDeleted": "No se ha eliminado el turno: {reason}",

  "branch.noAnswer": "Aún no hay una respuesta que copiar",
  "branch.noCode": "Aún no hay código en esta conversación",
  "branch.codeCopied": "Código copiado",
  "branch.turnsCopied": {
    one: "{count} turno copiado como Markdown",
    many: "{count} de turnos copiados como Markdown",
    other: "{count} turnos copiados como Markdown",
  },
  "branch.showRaw": "Mostrar sin formato",
  "branch.copyRaw": "Copiar sin formato",
  "branch.raw": "El turno tal como lo tiene el servidor",

  "feedback.label": "Tu opinión",
  "feedback.up": "Buena respuesta",
  "feedback.down": "Mala respuesta",
  "feedback.words": "Di algo más",
  "feedback.why": "¿Qué te ha gustado? (opcional)",
  "feedback.whyNot": "¿Qué está mal? (opcional)",
  "feedback.hint": "Se guarda con el turno y en las exportaciones. Ningún modelo la ve.",
  "feedback.noWords": "No, gracias",
  "feedback.notKept": "No se ha guardado tu opinión: {reason}",

  "branch.editor": "Edita tu mensaje",
  "branch.editorHint": "Lo que había antes se conserva: puedes pasar de una versión a otra.",
  "branch.submit": "Enviar",
} as const satisfies Spanish<typeof english>;
