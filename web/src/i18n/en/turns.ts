/** Words of how turns end and what they take, which is said of few. Fetched with the first of them. */
import type { Messages } from "../messages";

export const turns = {
  "turn.failed": "The agent could not answer",
  "turn.errorCode": "Code: {code}",
  "turn.interrupted": "Interrupted: the server restarted",
  "turn.stopped": "Stopped",
  "turn.continue": "Continue",
  "turn.outOfTokens": "The answer reached its token limit.",
  "turn.outOfSteps": "The agent reached its step limit.",
  "turn.budgetReached": "The agent reached its token budget.",
  "meta.model": "Model",
  "meta.firstToken": "First token",
  "meta.speed": "Speed",
  "meta.tokensPerSecond": "{n} tokens/s",
  "meta.input": "Tokens in",
  "meta.output": "Tokens out",
} as const satisfies Messages;
