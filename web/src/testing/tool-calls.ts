/** Tool calls as tests need them. */
import type { Toolgroup, ToolCallStep, ToolInfo } from "@/api/types";

import { anInference } from "./values";

const at = (seconds: number) => new Date(Date.UTC(2025, 5, 12, 12) + seconds * 1000).toISOString();

export const CALL = {
  call_id: "c1",
  tool_name: "weather",
  arguments: { city: "Lisbon", days: [1, 2] },
  arguments_json: '{"city": "Lisbon", "days": [1, 2]}',
};

export const aResponse = (content: string): NonNullable<ToolCallStep["tool_response"]> => ({
  call_id: "c1",
  tool_name: "weather",
  content,
  is_error: false,
  metadata: {},
  files: [],
});

/** A call that was made, and answered so. */
export function aToolStep(content: string, values: Partial<ToolCallStep> = {}): ToolCallStep {
  return {
    ...anInference({ step_id: "s2", started_at: at(1), completed_at: at(1.25) }),
    step_type: "tool_call",
    tool_call: CALL,
    tool_response: aResponse(content),
    approval: "none",
    question: null,
    ...values,
  };
}

/** A call that waits for a person. */
export const aPendingStep = (values: Partial<ToolCallStep> = {}): ToolCallStep =>
  aToolStep("", {
    status: "running",
    attempt: 0,
    completed_at: null,
    tool_response: null,
    approval: "pending",
    metadata: { approval_rule: "always", is_editable: true },
    ...values,
  });

export function aTool(values: Partial<ToolInfo> = {}): ToolInfo {
  return {
    name: "weather",
    description: "Tells the weather of a city.",
    toolgroup: "builtin::weather",
    input_schema: {
      type: "object",
      properties: {
        city: { type: "string", description: "Which city." },
        days: { type: "array", items: { type: "integer" } },
      },
      required: ["city"],
    },
    policy: { is_idempotent: true, approval: "never", is_editable: true, timeout: null },
    own_name: null,
    is_changed: false,
    ...values,
  };
}

/** An MCP server that was added. */
export function aGroup(values: Partial<Toolgroup> = {}): Toolgroup {
  return {
    toolgroup_id: "files",
    provider: "mcp",
    mcp_endpoint: { uri: "https://mcp.example/mcp", command: null, args: [] },
    status: "ready",
    error: null,
    tools: 1,
    pinned: true,
    pinned_at: "2025-06-12T12:00:00.000000Z",
    approval: "first_time",
    is_configured: false,
    listing: "l1",
    changes: [],
    ...values,
  };
}
