/**
 * A turn that nobody sees, once as it grows and once at rest: what draws turns has then run, and its styles are
 * there, before the first answer comes.
 *
 * The rule it keeps: it is hidden from everybody, it has no effects, and it says nothing that is not said anyway.
 */
import { Activity } from "react";

import type { Turn } from "@/api/types";
import type { TranscriptRow } from "@/turn";

import type { Branches } from "../use-branches";
import type { DeliveryActions } from "./delivery-note";
import { TurnArticle } from "./turn-article";

interface Props {
  readonly branches: Branches;
  readonly deliveryActions: DeliveryActions;
}

export function Rehearsal(props: Props) {
  return (
    <Activity mode="hidden">
      {[GROWING, AT_REST].map((turn, index) => (
        <TurnArticle
          {...props}
          key={turn.turn_id}
          row={rowOf(turn)}
          measure={null}
          index={index}
          isAhead={false}
          position={1}
          size={1}
          isReachable={false}
          isSent={turn === GROWING}
          agentName=""
          turnActions={null}
          editedId={null}
          isBusy={false}
        />
      ))}
    </Activity>
  );
}

/** One of everything that most answers have. */
const ANSWER =
  "# a\n\n- **b** `c` [d](/)\n\n| e |\n| - |\n| f |\n\n```g\nh\n```\n\n> 1. i\n\n***\n\nj";
const BEGAN = "2026-01-01T00:00:00.000000Z";

const SAID = {
  role: "assistant",
  content: ANSWER,
  reasoning: "",
  stop_reason: null,
  tool_calls: [],
} as const;

const GROWING: Turn = {
  turn_id: "growing",
  session_id: "",
  n: 1,
  status: "running",
  wait_reason: null,
  input_messages: [{ role: "user", content: "a", files: [] }],
  steps: [
    {
      step_type: "inference",
      turn_id: "growing",
      step_id: "",
      status: "running",
      started_at: BEGAN,
      completed_at: null,
      attempt: 1,
      error: null,
      metadata: {},
      model_response: SAID,
      model: "",
      usage: null,
      first_token_at: null,
    },
  ],
  output_message: SAID,
  output_attachments: [],
  started_at: BEGAN,
  completed_at: null,
  error: null,
  usage: null,
  parent_turn_id: null,
  last_event_id: null,
  feedback: null,
};

const AT_REST: Turn = {
  ...GROWING,
  turn_id: "at-rest",
  status: "completed",
  completed_at: BEGAN,
};

const rowOf = (turn: Turn): TranscriptRow => ({
  key: turn.turn_id,
  id: turn.turn_id,
  kind: "turn",
  turn,
  siblings: [],
});
