/** A message on its way as the turn that it will be, so that one row draws both. */
import type { Turn } from "@/api/types";
import type { OutboxEntry } from "@/turn";

const made = new WeakMap<OutboxEntry["messages"], Turn>();

export function provisionalTurn(entry: OutboxEntry): Turn {
  const known = made.get(entry.messages);
  if (known) return known;
  const turn: Turn = {
    turn_id: entry.key,
    session_id: entry.sessionId ?? "",
    n: 0,
    status: "queued",
    wait_reason: null,
    input_messages: entry.messages,
    steps: [],
    output_message: {
      role: "assistant",
      content: "",
      stop_reason: null,
      tool_calls: [],
      reasoning: "",
    },
    output_attachments: [],
    started_at: new Date(entry.createdAt).toISOString(),
    completed_at: null,
    error: null,
    usage: null,
    parent_turn_id: null,
    last_event_id: null,
    feedback: null,
  };
  made.set(entry.messages, turn);
  return turn;
}
