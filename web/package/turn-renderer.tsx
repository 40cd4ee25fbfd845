/** The guide's `TurnRenderer`: one turn, as it is now. It is drawn anew while it moves, and nothing else is. */
import type { Turn } from "@/api/types";
import type { TurnActions } from "@/renderers/turn-actions";
import { TurnRenderer as Renderer } from "@/renderers/turn-renderer";
import { useTurn } from "@/turn/use-turn";

export interface TurnRendererProps {
  readonly turn: Turn;
  readonly agentName?: string;
  /** What can be done with it; without it, nothing can. */
  readonly actions?: TurnActions;
}

export function TurnRenderer({ turn, agentName = "Agent", actions }: TurnRendererProps) {
  return <Renderer turn={useTurn(turn)} agentName={agentName} actions={actions ?? null} />;
}
