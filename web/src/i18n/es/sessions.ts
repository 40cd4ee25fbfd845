/** Words of what can be done with a session, and with several at once. */
import type { sessions as english } from "../en/sessions";
import type { Spanish } from "../spanish";

export const sessions = {
  "sessions.rename": "Cambiar el nombre",
  "sessions.pin": "Fijar",
  "sessions.unpin": "Dejar de fijar",
  "sessions.archive": "Archivar",
  "sessions.unarchive": "Desarchivar",
  "sessions.copyLink": "Copiar enlace",
  "sessions.copyMarkdown": "Copiar como Markdown",
  "sessions.copyJson": "Copiar como JSON",
  "sessions.linkCopied": "Enlace copiado",
  "sessions.markdownCopied": "Sesión copiada como Markdown",
  "sessions.jsonCopied": "Sesión copiada como JSON",
  "sessions.share": "Compartir…",
  "sessions.saveMarkdown": "Guardar como Markdown",
  "sessions.saveJson": "Guardar como JSON, con todo",
  "sessions.select": "Seleccionar",
  "sessions.unread": "Sin leer",
  "sessions.more": "Más sesiones",

  "export.you": "Tú",
  "export.agent": "Agente",
  "export.file": "Adjunto: {name}",

  "batch.bar": "Sesiones seleccionadas",
  "batch.selected": {
    one: "{count} seleccionada",
    many: "{count} seleccionadas",
    other: "{count} seleccionadas",
  },
  "batch.spoken": {
    one: "{count} sesión seleccionada. Pulsa Esc para salir.",
    many: "{count} de sesiones seleccionadas. Pulsa Esc para salir.",
    other: "{count} sesiones seleccionadas. Pulsa Esc para salir.",
  },
  "batch.left": "No hay nada seleccionado",
  "batch.all": "Todas",
  "batch.allLabel": "Seleccionar todas las cargadas",
  "batch.pin": "Fijar",
  "batch.unpin": "Dejar de fijar",
  "batch.archive": "Archivar",
  "batch.unarchive": "Desarchivar",
  "batch.leave": "Salir de la selección",
  "batch.done.pin": {
    one: "Se ha fijado {count} sesión",
    many: "Se han fijado {count} de sesiones",
    other: "Se han fijado {count} sesiones",
  },
  "batch.done.unpin": {
    one: "{count} sesión ya no está fijada",
    many: "{count} de sesiones ya no están fijadas",
    other: "{count} sesiones ya no están fijadas",
  },
  "batch.done.archive": {
    one: "Se ha archivado {count} sesión",
    many: "Se han archivado {count} de sesiones",
    other: "Se han archivado {count} sesiones",
  },
  "batch.done.unarchive": {
    one: "{count} sesión ya no está archivada",
    many: "{count} de sesiones ya no están archivadas",
    other: "{count} sesiones ya no están archivadas",
  },
  "batch.notDone": {
    one: "No se ha cambiado {count} sesión: {reason}",
    many: "No se han cambiado {count} de sesiones: {reason}",
    other: "No se han cambiado {count} sesiones: {reason}",
  },
  "batch.deleted": {
    one: "Se ha eliminado {count} sesión. {keys} la recupera.",
    many: "Se han eliminado {count} de sesiones. {keys} las recupera.",
    other: "Se han eliminado {count} sesiones. {keys} las recupera.",
  },
} as const satisfies Spanish<typeof english>;
