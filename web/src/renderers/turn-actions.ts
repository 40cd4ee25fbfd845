/** What a reader can do with a turn that did not end well. */
import type { Turn } from "@/api/types";

export interface TurnActions {
  /** Ask the same again. */
  readonly retry: (turn: Turn) => void;
  /** Ask the agent to go on where it stopped. */
  readonly goOn: () => void;
}
