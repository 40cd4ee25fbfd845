/** Words of the steps of turns, of how they end and what they take. Fetched with the first that is looked into. */
import type { turns as english } from "../en/turns";
import type { Spanish } from "../spanish";

export const turns = {
  "turn.failed": "El agente no ha podido responder",
  "turn.errorCode": "Código: {code}",
  "turn.interrupted": "Interrumpido: el servidor se ha reiniciado",
  "turn.stopped": "Detenido",
  "turn.continue": "Continuar",
  "turn.outOfTokens": "La respuesta ha llegado a su límite de tokens.",
  "turn.outOfSteps": "El agente ha llegado a su límite de pasos.",
  "turn.budgetReached": "El agente ha agotado su presupuesto de tokens.",
  "meta.model": "Modelo",
  "meta.firstToken": "Primer token",
  "meta.speed": "Velocidad",
  "meta.tokensPerSecond": "{n} tokens/s",
  "meta.input": "Tokens de entrada",
  "meta.output": "Tokens de salida",

  "step.inspect": "Mirar este paso por dentro",
  "step.details": "{name}: detalles",
  "step.inference": "Modelo",
  "step.shield": "Filtro",
  "step.named": "{kind} {name}",
  "step.retrieval": "Consulta",
  "step.reasoning": "Razonamiento",
  "step.tokens": {
    one: "{count} token",
    many: "{count} de tokens",
    other: "{count} tokens",
  },
  "step.attempt": "intento {n}",
  "step.running": "En curso",
  "step.completed": "Terminado",
  "step.failed": "Ha fallado",
  "step.cancelled": "Detenido",
  "step.pending": "Espera una decisión",
  "step.denied": "Denegado",
  "turn.steps": "Pasos",
  "waiting.label": "Esperando a otro programa",
  "waiting.calls": {
    one: "Llamada:",
    many: "{count} de llamadas:",
    other: "{count} llamadas:",
  },
} as const satisfies Spanish<typeof english>;
