/** Agents, sessions and servers as tests need them: whole values of which a test names what matters. */
import type {
  Account,
  AccountUsage,
  User,
  Agent,
  AgentConfig,
  AssistantMessage,
  Config,
  InferenceStep,
  Models,
  Session,
  Turn,
} from "@/api/types";

const NOON = "2025-06-12T12:00:00.000000Z";

export const aConfig: AgentConfig = {
  model: "ollama/llama3.2",
  name: "Companion",
  description: null,
  instructions: "Be kind.",
  sampling_params: { strategy: null, max_tokens: null, repetition_penalty: null, stop: null },
  toolgroups: [],
  client_tools: [],
  tool_config: { tool_choice: "auto", system_message_behavior: "append" },
  max_infer_iters: 10,
  budget: { turn_tokens: null, session_tokens: null },
  response_format: null,
  input_shields: [],
  output_shields: [],
  enable_session_persistence: true,
  retention: null,
  starters: [],
};

export function anAgent(agentId = "agent-1", config: Partial<AgentConfig> = {}): Agent {
  return {
    agent_id: agentId,
    agent_config: { ...aConfig, ...config },
    created_at: NOON,
    updated_at: NOON,
    version: 1,
    is_default: false,
    visibility: "private",
    access: "own",
  };
}

export function aSession(sessionId: string, values: Partial<Session> = {}): Session {
  return {
    session_id: sessionId,
    session_name: `Session ${sessionId}`,
    agent_id: "agent-1",
    turns: [],
    started_at: NOON,
    updated_at: NOON,
    metadata: {},
    tags: [],
    turn_count: 1,
    status: "idle",
    pinned: false,
    archived: false,
    title_source: "default",
    preview: "",
    last_turn_status: "completed",
    forked_from: null,
    active_turn_id: null,
    retention: null,
    revision: 1,
    ...values,
  };
}

export function anAnswer(
  content: string,
  values: Partial<AssistantMessage> = {},
): AssistantMessage {
  return {
    role: "assistant",
    content,
    stop_reason: null,
    tool_calls: [],
    reasoning: "",
    ...values,
  };
}

export function anInference(values: Partial<InferenceStep> = {}): InferenceStep {
  return {
    step_type: "inference",
    turn_id: "t1",
    step_id: "s1",
    started_at: NOON,
    completed_at: NOON,
    status: "completed",
    attempt: 1,
    error: null,
    metadata: {},
    model: "demo/script",
    model_response: anAnswer("It is sunny.", { stop_reason: "end_of_turn" }),
    usage: null,
    first_token_at: null,
    ...values,
  };
}

/** A turn that is completed, unless `values` say otherwise. */
export function aTurn(values: Partial<Turn> = {}): Turn {
  return {
    turn_id: "t1",
    session_id: "session-1",
    n: 1,
    status: "completed",
    wait_reason: null,
    input_messages: [{ role: "user", content: "What is the weather?" }],
    steps: [],
    output_message: anAnswer("It is sunny.", { stop_reason: "end_of_turn" }),
    output_attachments: [],
    started_at: NOON,
    completed_at: NOON,
    error: null,
    usage: null,
    parent_turn_id: null,
    last_event_id: "1.1.9",
    feedback: null,
    ...values,
  };
}

export const aServerConfig: Config = {
  version: "0.1.0",
  build: "abc1234",
  auth: "none",
  default_agent_id: "agent-1",
  demo: false,
  limits: {
    max_body_bytes: 32_000_000,
    max_file_bytes: 25_000_000,
    max_files: 10,
    max_message_chars: 1_000_000,
    accept: ["text/*", "image/*"],
  },
  tools: { programs: false },
  titles: "first_message",
  trash_days: 30,
  retention: { archive_after: 90, delete_after: null, keep_pinned: true },
  retry_ms: 1000,
};

export const someModels: Models = {
  models: [
    {
      id: "demo/script",
      server: "demo",
      name: "script",
      is_demo: true,
      takes_images: null,
      metadata: {},
    },
    {
      id: "ollama/llama3.2",
      server: "ollama",
      name: "llama3.2",
      is_demo: false,
      takes_images: true,
      metadata: {},
    },
  ],
  servers: [
    { name: "demo", url: "demo:", status: "ready", detail: null, is_demo: true },
    {
      name: "ollama",
      url: "http://127.0.0.1:11434/v1",
      status: "ready",
      detail: null,
      is_demo: false,
    },
    {
      name: "vllm",
      url: "http://gpu.example:8000/v1",
      status: "unreachable",
      detail: "Connection refused.",
      is_demo: false,
    },
  ],
};

export const aUser = (values: Partial<User> = {}): User => ({
  user_id: "u1",
  name: "ana",
  role: "admin",
  created_at: "2026-11-01T10:00:00.000000Z",
  disabled: false,
  ...values,
});

/** Tokens and requests are limited here, and nothing else. */
export const someUsage = (values: Partial<AccountUsage> = {}): AccountUsage => ({
  tokens_per_day: { used: 1500, limit: 20_000, resets_at: "2026-11-28T00:00:00.000000Z" },
  storage_bytes: { used: 2_500_000, limit: null, resets_at: null },
  requests_per_minute: { used: 58, limit: 60, resets_at: "2026-11-27T10:01:00.000000Z" },
  concurrent_turns: { used: 0, limit: null, resets_at: null },
  open_streams: { used: 1, limit: null, resets_at: null },
  ...values,
});

export const anAccount = (values: Partial<Account> = {}): Account => ({
  user: aUser(),
  via: "cookie",
  scopes: ["read", "write", "admin"],
  ...values,
});
