/** What a turn's status means for those who watch it. */
import type { Turn, TurnStatus } from "@/api/types";

const AT_REST: ReadonlySet<TurnStatus> = new Set([
  "awaiting_input",
  "completed",
  "failed",
  "cancelled",
]);

/** Does nothing happen until somebody acts? */
export function isAtRest(turn: Turn): boolean {
  return AT_REST.has(turn.status);
}

/** The step that runs now, if one does. */
export function currentStep(turn: Turn): Turn["steps"][number] | undefined {
  return turn.steps.findLast((step) => step.status === "running");
}
