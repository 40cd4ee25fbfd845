/** Words of the conversation: turns, steps, composer. */
import type { chat as english } from "../en/chat";
import type { Spanish } from "../spanish";

export const chat = {
  "delivery.waiting": "Esperando para enviarse",
  "message.you": "Tú",
  "message.agent": "Agente",
  "message.showMore": "Mostrar más",
  "message.showLess": "Mostrar menos",

  "file.image": "Imagen",

  "turn.queued": "Espera su turno",
  "turn.working": "Trabajando",
  "turn.waiting": "Esperando al modelo",
  "turn.thinking": "Pensando",
  "turn.writing": "Escribiendo",
  "turn.usingTool": "Usando {tool}",
  "turn.checking": "Comprobando",
  "turn.retrieving": "Consultando",
  "turn.still": "sigue trabajando",
  "turn.worked": "Ha trabajado",
  "turn.workedFor": "Ha trabajado {duration}",
  "turn.tools": {
    one: "{count} herramienta",
    many: "{count} de herramientas",
    other: "{count} herramientas",
  },
  "turn.tokens": {
    one: "{count} token",
    many: "{count} de tokens",
    other: "{count} tokens",
  },
  "turn.thought": "Ha pensado",
  "turn.thoughtFor": "Ha pensado {duration}",

  "turn.awaitingInput":
    "El agente espera la respuesta de una herramienta que ejecuta otro programa.",

  "decision.approval": "El agente pregunta si puede ejecutar esta herramienta.",
  "decision.question": "La herramienta te pregunta algo.",
  "decision.unknown_outcome":
    "Puede que esta herramienta ya se ejecutara antes de que se parara el servidor. ¿Ejecutarla otra vez, o seguir sin su resultado?",

  "turn.copied": "Copiado",
  "turn.copyMarkdown": "Copiar la respuesta",
  "turn.facts": "Detalles de esta respuesta",
  "turn.broken": "Este turno no se puede mostrar",
  "turn.demo": "Guion de demostración, sin IA",

  "turn.continueMessage": "Continúa",

  "branch.edit": "Editar el mensaje",
  "branch.more": "Más acciones",
  "branch.switch": {
    one: "Versión {n} de {count}",
    many: "Versión {n} de {count}",
    other: "Versión {n} de {count}",
  },
  "branch.previous": "Versión anterior",
  "branch.next": "Versión siguiente",
  "branch.notShown": "No se ha podido mostrar la otra versión: {reason}",

  "transcript.label": "Conversación",
  "transcript.turn": "Turno {n}",
  "transcript.older": "Cargando turnos anteriores",
  "transcript.jump": "Al final",
  "transcript.new": {
    one: "{count} nuevo",
    many: "{count} nuevos",
    other: "{count} nuevos",
  },
  "transcript.notLoaded": "No se ha podido cargar la conversación",

  "stream.reconnecting":
    "Se ha cortado la conexión con la respuesta. Próximo intento en {seconds} s.",

  "announce.working": "El agente está trabajando",
  "announce.tool": "Usando {tool}",
  "announce.still": "Sigue trabajando",
  "announce.ready": {
    one: "Respuesta lista, {count} palabra",
    many: "Respuesta lista, {count} de palabras",
    other: "Respuesta lista, {count} palabras",
  },
  "announce.stopped": "Detenido",
  "announce.failed": "El agente no ha podido responder: {reason}",

  "newSession.invite": "Pregunta algo, o empieza con un archivo.",
  "newSession.starters": "Formas de empezar",

  "composer.form": "Mensaje",
  "composer.label": "Escribe un mensaje",
  "composer.placeholder": "Mensaje para {agent}",
  "composer.queue": "Escribe el siguiente mensaje",
  "composer.send": "Enviar",
  "composer.enqueue": "Enviar cuando el agente haya respondido",
  "composer.takeBack": "Recuperar el mensaje",
  "composer.stop": "Detener",
  "composer.stopping": "Deteniendo…",

  "composer.tooLong": {
    one: "El mensaje tiene {count} carácter; el límite es {limit}.",
    many: "El mensaje tiene {count} de caracteres; el límite es {limit}.",
    other: "El mensaje tiene {count} caracteres; el límite es {limit}.",
  },
  "composer.stopFailed": "No se ha podido detener la respuesta",

  "attach.add": "Adjuntar archivos",
} as const satisfies Spanish<typeof english>;
