/** Words of the foundation: markdown, errors, sending. */
import type { core as english } from "../en/core";
import type { Spanish } from "../spanish";

export const core = {
  "action.retry": "Reintentar",
  "action.cancel": "Cancelar",
  "action.undo": "Deshacer",

  "code.label": "Código",
  "code.copy": "Copiar código",
  "code.copied": "Copiado",
  "code.save": "Guardar como archivo",
  "code.wrap": "Ajustar líneas",
  "code.showAll": {
    one: "Mostrar {count} línea",
    many: "Mostrar {count} de líneas",
    other: "Mostrar las {count} líneas",
  },
  "code.showLess": "Mostrar menos",

  "image.open": "Imagen en {host}",
  "image.openNamed": "{alt} (imagen en {host})",
  "image.refused": "Imagen de una dirección no permitida",
  "markdown.taskDone": "Hecho",
  "markdown.taskOpen": "Pendiente",
  "markdown.table": "Tabla",

  "error.network": "No se puede conectar con el servidor.",
  "error.offline": "No tienes conexión.",
  "error.unknown": "Algo ha fallado.",
} as const satisfies Spanish<typeof english>;
