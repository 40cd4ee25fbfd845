/** What a reader can do with a turn that rests without an answer. */
import type { Decision, Turn } from "@/api/types";

export interface TurnActions {
  /** Ask the same again. */
  readonly retry: (turn: Turn) => void;
  /** Ask the agent to go on where it stopped. */
  readonly goOn: () => void;
  /** Decide about a tool call that waits for that; rejects when the decision did not arrive. */
  readonly decide: (turn: Turn, callId: string, decision: Decision) => Promise<unknown>;
}
