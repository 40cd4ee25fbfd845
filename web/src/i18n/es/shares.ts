/** Words of links to sessions: making them, and reading by one. */
import type { shares as english } from "../en/shares";
import type { Spanish } from "../spanish";

export const shares = {
  "share.title": "Compartir esta sesión",
  "share.text":
    "Cualquiera que tenga el enlace puede leer sin iniciar sesión. Las instrucciones y la configuración de las herramientas no se muestran nunca.",
  "share.include": "Qué se muestra",
  "share.messages": "Lo que se dijo",
  "share.steps": "También los pasos",
  "share.messagesHint": "Preguntas y respuestas. De los archivos, solo los nombres.",
  "share.stepsHint":
    "También qué herramientas se usaron, qué se les pidió y qué respondieron. Léelo antes.",
  "share.when": "En qué estado",
  "share.now": "Como está ahora",
  "share.live": "Siempre al día",
  "share.nowHint": "Lo que venga después no se muestra.",
  "share.liveHint":
    "Lo que venga después también se muestra, igual que otra rama a la que cambies.",
  "share.expires": "Cuánto tiempo",
  "share.day": "1 día",
  "share.week": "7 días",
  "share.month": "30 días",
  "share.never": "Hasta que se revoque",
  "share.create": "Crear enlace",
  "share.another": "Crear otro enlace",
  "share.link": "El enlace",
  "share.once": "Cópialo ahora: no se vuelve a mostrar. Quien lo tenga puede leer.",
  "share.copyLink": "Copiar enlace",
  "share.copied": "Enlace copiado",
  "share.notCreated": "No se ha creado el enlace",

  "shares.title": "Enlaces",
  "shares.ofSession": "Enlaces a esta sesión",
  "shares.text":
    "Cada uno permite leer una sesión a quien lo tenga. Los que se revocan ya no muestran nada.",
  "shares.none": "No hay enlaces",
  "shares.noneText":
    "Con un enlace otras personas leen, sin cuenta, la sesión que elijas. Crea uno con «Compartir», encima de una sesión.",
  "shares.notLoaded": "No se han podido cargar los enlaces",
  "shares.made": "Creado {time}",
  "shares.snapshot": "como estaba entonces",
  "shares.live": "siempre al día",
  "shares.until": "hasta {time}",
  "shares.expired": "Caducado",
  "shares.revoked": "Revocado",
  "shares.revoke": "Revocar",
  "shares.revokeOf": "Revocar el enlace a {name}, creado {time}",
  "shares.revokedNotice": "El enlace ya no muestra nada",
  "shares.notRevoked": "No se ha revocado el enlace: {reason}",
  "shares.more": "Mostrar más",

  "shared.banner": {
    one: "{count} turno, compartido el {date}",
    many: "{count} de turnos, compartidos el {date}",
    other: "{count} turnos, compartidos el {date}",
  },
  "shared.liveBanner": {
    one: "{count} turno hasta ahora, compartido desde el {date} y siempre al día",
    many: "{count} de turnos hasta ahora, compartidos desde el {date} y siempre al día",
    other: "{count} turnos hasta ahora, compartidos desde el {date} y siempre al día",
  },
  "shared.expires": "hasta el {date}",
  "shared.continue": "Continuar en mi propia sesión",
  "shared.continueWith": "Continuar con",
  "shared.notContinued": "No se ha podido continuar la sesión: {reason}",
  "shared.noAgents": "No hay ningún agente con el que continuar. Crea uno primero.",
  "shared.print": "Imprimir",
  "shared.empty": "Aquí todavía no se ha dicho nada.",
  "shared.label": "Conversación compartida",
  "shared.loading": "Cargando más",
  "shared.gone": "Este enlace ya no muestra nada",
  "shared.goneText": "Ha caducado o se ha revocado. Pide otro a quien te lo dio.",
  "shared.notFound": "Ese enlace no existe",
  "shared.notFoundText": "Puede que falte parte de la dirección: cópiala entera.",
  "shared.restNotLoaded": "No se ha podido cargar el resto",
  "shared.notLoaded": "No se ha podido cargar la sesión",
} as const satisfies Spanish<typeof english>;
