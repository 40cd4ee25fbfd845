/** Deltas of a running inference, put together. The same rules as `tertulia.engine.assembly`. */
import type { Delta, ToolCallDelta } from "@/api/events";
import type { AssistantMessage, ToolCall } from "@/api/types";

export const NOTHING_SAID: AssistantMessage = {
  role: "assistant",
  content: "",
  stop_reason: null,
  tool_calls: [],
  reasoning: "",
};

/** The message with one more delta. */
export function addDelta(message: AssistantMessage, delta: Delta): AssistantMessage {
  switch (delta.type) {
    case "text":
      return { ...message, content: message.content + delta.text };
    case "reasoning":
      return { ...message, reasoning: message.reasoning + delta.text };
    case "tool_call":
      return { ...message, tool_calls: addPart(message.tool_calls, delta.tool_call) };
    case "tool_output":
      return message; // of a tool, not of the model
    default:
      delta satisfies never;
      return message; // a newer server says more than this page knows
  }
}

/**
 * Which `index` each call of a list had. Parts name their call by it, but a message has no field
 * for it; in a message that came from elsewhere a call's index is its place.
 */
const indexes = new WeakMap<readonly ToolCall[], readonly number[]>();

function addPart(calls: readonly ToolCall[], part: ToolCallDelta): readonly ToolCall[] {
  const known = indexes.get(calls) ?? calls.map((_, place) => place);
  const place = known.indexOf(part.index);
  const [order, joined] =
    place === -1
      ? insert(known, calls, part)
      : [known, calls.with(place, grown(calls[place], part))];
  indexes.set(joined, order);
  return joined;
}

function insert(
  known: readonly number[],
  calls: readonly ToolCall[],
  part: ToolCallDelta,
): readonly [readonly number[], readonly ToolCall[]] {
  const before = known.filter((index) => index < part.index).length;
  return [
    known.toSpliced(before, 0, part.index),
    calls.toSpliced(before, 0, grown(undefined, part)),
  ];
}

function grown(call: ToolCall | undefined, part: ToolCallDelta): ToolCall {
  const text = (call?.arguments_json ?? "") + part.arguments_json;
  return {
    call_id: firstSaid(call?.call_id, part.call_id),
    tool_name: firstSaid(call?.tool_name, part.tool_name),
    arguments: parseArguments(text),
    arguments_json: text,
  };
}

/** Later parts of a call need not repeat its name. */
const firstSaid = (known = "", said: string) => (known === "" ? said : known);

/** The arguments once they are a whole JSON object, else none. */
function parseArguments(text: string): ToolCall["arguments"] {
  if (!text.trimEnd().endsWith("}")) return {}; // not whole yet: do not parse each fragment
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as ToolCall["arguments"])
      : {};
  } catch {
    return {};
  }
}
