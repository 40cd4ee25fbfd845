/** Words about files: added to a draft, on a message, in the viewer. Fetched with what shows them. */
import type { files as english } from "../en/files";
import type { Spanish } from "../spanish";

export const files = {
  "file.list": "Archivos",
  "file.given": "Entregado al modelo: {given}",
  "file.open": "Abrir {name}",
  "file.download": "Descargar {name}",
  "file.play": "Reproducir",
  "file.playSized": "Reproducir ({size})",
  "file.elsewhere": "en {host}",
  "file.text": "Texto",
  "file.word": "Documento de Word",
  "file.excel": "Libro de Excel",
  "file.powerpoint": "Presentación de PowerPoint",

  "viewer.place": "{n} de {count}",
  "viewer.previous": "Archivo anterior",
  "viewer.next": "Archivo siguiente",
  "viewer.full": "Tamaño real",
  "viewer.fit": "Ajustar a la ventana",
  "viewer.close": "Cerrar",
  "viewer.loading": "Cargando",
  "viewer.notLoaded": "No se ha podido cargar el archivo",
  "viewer.beginning": "Estos son los primeros {size}. Descarga el archivo para verlo entero.",
  "viewer.pages": "Páginas",
  "viewer.page": "Página {n}",
  "viewer.firstPages": {
    one: "Esta es la primera página de {all}. Descarga el archivo para verlo entero.",
    many: "Estas son las primeras {count} de páginas, de {all}. Descarga el archivo para verlo entero.",
    other:
      "Estas son las primeras {count} páginas de {all}. Descarga el archivo para verlo entero.",
  },
  "viewer.locked": "Está protegido con una contraseña. Descárgalo para abrirlo.",
  "viewer.noPdf": "Puede estar dañado o no ser un PDF. Descárgalo para probar con otro programa.",
  "viewer.noText": "No hay texto en este archivo. Descárgalo para abrirlo.",

  "delivery.uploading": {
    one: "Subiendo {count} archivo",
    many: "Subiendo {count} de archivos",
    other: "Subiendo {count} archivos",
  },

  "drop.here": "Suelta archivos para adjuntarlos",
  "drop.limits": {
    one: "{count} archivo, de hasta {size}",
    many: "Hasta {count} de archivos, cada uno de hasta {size}",
    other: "Hasta {count} archivos, cada uno de hasta {size}",
  },

  "attach.list": "Archivos adjuntos",
  "attach.taken": {
    one: "{count} archivo adjunto",
    many: "{count} de archivos adjuntos",
    other: "{count} archivos adjuntos",
  },
  "attach.attached": "Adjunto: {name}",
  "attach.remove": "Quitar {name}",
  "attach.empty": "{name} está vacío.",
  "attach.type": "{name}: no se acepta {type}.",
  "attach.size": "{name}: {size}; el límite es {limit}.",
  "attach.folder": "{name} es una carpeta. Adjunta los archivos que contiene.",
  "attach.tooMany": {
    one: "Con cada mensaje va {count} archivo. Sin adjuntar: {names}.",
    many: "Con cada mensaje van como máximo {count} de archivos. Sin adjuntar: {names}.",
    other: "Con cada mensaje van como máximo {count} archivos. Sin adjuntar: {names}.",
  },
  "attach.pastedName": "Texto pegado{n}.txt",
  "attach.unpack": "Pegar como texto",
  "attach.uploading": "Subiendo {size}",
  "attach.progress": "Subida de {name}",
  "attach.retry": "Volver a subir {name}",
  "attach.failed": "No se ha subido {name}: {reason}",
  "attach.notSent": "No se ha subido {name}. Quítalo para enviar el mensaje.",
  "attach.lost": "Un archivo",
  "attach.lostReason": "Este navegador no lo ha conservado. Vuelve a elegirlo.",
} as const satisfies Spanish<typeof english>;
