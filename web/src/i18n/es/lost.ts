/** Words of the places where nothing is, and of the ways on from there. Fetched by whoever comes there. */
import type { lost as english } from "../en/lost";
import type { Spanish } from "../spanish";

export const lost = {
  "agents.none": "Todavía no hay agentes",
  "agents.noneText":
    "Un agente es un modelo con instrucciones tuyas: para qué sirve, cómo habla, hasta dónde puede llegar.",
  "agents.create": "Crear agente",
  "agents.notFound": "Ese agente no existe",
  "agents.notFoundText": "Se ha eliminado, o la dirección no es correcta. Estos son los que hay:",
  "agents.notLoaded": "No se han podido cargar los agentes",
  "sessions.notFound": "Esta sesión no existe o se ha eliminado.",
  "sessions.notOpened": "No se ha podido abrir la sesión.",
  "sessions.newWithDraft": "Empezar una sesión nueva con este borrador",
  "sessions.startNew": "Empezar una sesión nueva",
  "sessions.goTo": "Ir a las sesiones",
  "sessions.draftKept": "Lo que habías empezado a escribir aquí se conserva.",
  "forbidden.session": "No puedes ver esta sesión",
  "forbidden.agent": "No puedes ver este agente",
  "notFound.title": "No hay nada en esta dirección",
  "notFound.text": "Puede que esté mal escrita, o que lo que había aquí ya no exista.",

  "kept.view": "Ver la copia que tiene esta página (solo lectura)",
  "kept.label": "Copia de la conversación",
  "kept.text": "Esta es una copia que aún tiene esta página. La sesión ya no existe.",
  "kept.copy": "Copiar como texto",
} as const satisfies Spanish<typeof english>;
