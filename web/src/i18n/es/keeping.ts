/** Words of the trash, and of taking out and bringing in. */
import type { keeping as english } from "../en/keeping";
import type { Spanish } from "../spanish";

export const keeping = {
  "trash.text": {
    one: "Lo que se elimina se queda aquí {count} día y se puede recuperar tal como estaba. Después se va para siempre.",
    many: "Lo que se elimina se queda aquí {count} de días y se puede recuperar tal como estaba. Después se va para siempre.",
    other:
      "Lo que se elimina se queda aquí {count} días y se puede recuperar tal como estaba. Después se va para siempre.",
  },
  "trash.list": "Sesiones eliminadas",
  "trash.none": "La papelera está vacía",
  "trash.noneText": "Las sesiones que eliminas vienen primero aquí.",
  "trash.noTrash": "Este servidor no tiene papelera: lo que se elimina desaparece al momento.",
  "trash.notLoaded": "No se ha podido cargar la papelera",
  "trash.deleted": "eliminada {time}",
  "trash.left": {
    one: "se va para siempre dentro de {count} día",
    many: "se va para siempre dentro de {count} de días",
    other: "se va para siempre dentro de {count} días",
  },
  "trash.leftToday": "se va para siempre en menos de un día",
  "trash.restore": "Recuperar",
  "trash.restoreOf": "Recuperar: {name}, eliminada {time}",
  "trash.restored": "Se ha recuperado «{name}»",
  "trash.open": "Abrir",
  "trash.notRestored": "No se ha recuperado «{name}»: {reason}",
  "trash.purge": "Eliminar para siempre",
  "trash.purgeOf": "Eliminar para siempre: {name}, eliminada {time}",
  "trash.purgeTitle": "¿Eliminar «{name}» para siempre?",
  "trash.purgeText":
    "Desaparece todo lo que se dijo en ella, y con ello sus archivos. Nadie lo puede recuperar.",
  "trash.purged": "«{name}» ya no existe",
  "trash.notPurged": "«{name}» sigue aquí: {reason}",
  "trash.more": "Mostrar más",

  "data.out": "Exportar",
  "data.outText":
    "Todo lo tuyo en un solo archivo comprimido: agentes, sesiones con todas sus ramas y archivos. Se puede importar aquí o en otro sitio sin perder nada.",
  "data.outLook":
    "Incluye las instrucciones de tus agentes. No incluye las credenciales de las herramientas ni lo que hay en la papelera.",
  "data.save": "Guardar todo",
  "data.saving": "El navegador está guardando tertulia.tar.gz",
  "data.one":
    "Una sesión suelta se guarda desde su propio menú: ⋯ en la lista, o encima de la sesión.",
  "data.in": "Importar",
  "data.inText":
    "Un archivo comprimido (.tar.gz) o sesiones sueltas (.json) exportados de Tertulia. Lo que ya está aquí queda como está.",
  "data.with": "Las sesiones quedan con",
  "data.ownAgent": "El agente con el que estaban",
  "data.drop": "Suelta los archivos aquí",
  "data.choose": "Elegir archivos",
  "data.reading": "Importando {name}",
  "data.stop": "Detener",
  "data.progress": "Cuánto se ha leído",
  "data.came": {
    zero: "No se ha importado ninguna sesión.",
    one: "Se ha importado {count} sesión.",
    many: "Se han importado {count} de sesiones.",
    other: "Se han importado {count} sesiones.",
  },
  "data.here": {
    one: "{count} ya estaba aquí.",
    many: "{count} ya estaban aquí.",
    other: "{count} ya estaban aquí.",
  },
  "data.stopped":
    "Se ha detenido antes del final: lo importado se queda. Importa el mismo archivo para seguir.",
  "data.failed": {
    one: "{count} no se ha podido importar",
    many: "{count} no se han podido importar",
    other: "{count} no se han podido importar",
  },
  "data.uploads": {
    one: "Se ha dejado fuera {count} archivo que no usa ninguna sesión. La orden “tertulia import” lo importa.",
    many: "Se han dejado fuera {count} de archivos que no usa ninguna sesión. La orden “tertulia import” los importa.",
    other:
      "Se han dejado fuera {count} archivos que no usa ninguna sesión. La orden “tertulia import” los importa.",
  },
  "data.sessions": "Sesiones importadas",
  "data.more": { one: "y {count} más", many: "y {count} más", other: "y {count} más" },
  "data.problem": "{name}: {reason}",

  "data.bad.empty": "El archivo está vacío.",
  "data.bad.folder": "Esto es una carpeta. Elige los archivos que contiene.",
  "data.bad.text": "Esto no es ni un archivo JSON ni un archivo comprimido.",
  "data.bad.foreign":
    "Esto no se ha exportado de Tertulia. Lo que exportan ChatGPT y Open WebUI se importa en el servidor, con la orden “tertulia import”.",
  "data.bad.cut": "El archivo comprimido acaba antes de tiempo. Guárdalo otra vez.",
  "data.bad.archive": "Este archivo comprimido no se ha exportado de Tertulia.",
  "data.bad.large":
    "Tiene {size}, y este servidor acepta hasta {most} de una vez. La orden “tertulia import” no tiene ese límite.",
  "data.bad.agent": "No se ha podido crear aquí su agente: {reason}",
} as const satisfies Spanish<typeof english>;
