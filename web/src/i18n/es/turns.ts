/** Words of how turns end and what they take, which is said of few. Fetched with the first of them. */
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
} as const satisfies Spanish<typeof english>;
