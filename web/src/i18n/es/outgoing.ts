/** Words of messages that are not yet the server's: on their way, waiting, or kept by nobody but this page. */
import type { outgoing as english } from "../en/outgoing";
import type { Spanish } from "../spanish";

export const outgoing = {
  "delivery.sending": "Enviando…",
  "delivery.fileLost":
    "este navegador no ha conservado un archivo. Edita el mensaje para volver a elegirlo.",
  "delivery.away":
    "El servidor no responde. Esto se enviará cuando vuelva; próximo intento en {seconds} s.",
  "delivery.retrying": "Aún sin enviar. Intento {attempt} de {most} en {seconds} s.",
  "delivery.now": "Enviar ahora",
  "delivery.failed": "Sin enviar: {reason}",
  "delivery.requestId": "(solicitud {id})",
  "delivery.edit": "Editar",
  "delivery.discard": "Descartar",

  "busy.awaiting": "Sin enviar: el agente espera tu decisión sobre su último turno.",
  "busy.running": "Sin enviar: el agente trabaja en otro mensaje.",
  "busy.queue": "Enviar cuando haya respondido",
  "busy.stop": "Detenerlo y enviar ahora",

  "queue.label": "Mensajes en espera",
  "queue.edit": "Editar",
  "queue.sendNow": "Detener la respuesta y enviar ahora",
  "queue.remove": "Quitar",
  "queue.files": {
    one: "{count} archivo",
    many: "{count} de archivos",
    other: "{count} archivos",
  },
  "queue.earlier": "Subir",
  "queue.later": "Bajar",
  "queue.moved": "Ahora {n} de {count}",

  "unkept.title": "Este navegador no guarda tu mensaje",
  "unkept.text":
    "Su almacenamiento está lleno o cerrado. Deja esta página abierta hasta que el mensaje se envíe.",
} as const satisfies Spanish<typeof english>;
