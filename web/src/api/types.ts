/**
 * What the server says, by the names of the guide. Values are never changed in place.
 *
 * The rule it keeps: unions, not optionals. A step is one of its kinds; a `switch` over a union
 * ends in `satisfies never`, so that a new kind stops the compiler wherever it is not known yet.
 */

/** RFC 3339, UTC. */
export type Time = string;

// --- Messages -------------------------------------------------------------------------------

export interface TextItem {
  readonly type: "text";
  readonly text: string;
}

export interface ImageItem {
  readonly type: "image";
  readonly image: {
    readonly url?: { readonly uri: string } | null;
    readonly data?: string | null;
    readonly media_type?: string | null;
  };
}

export type ContentItem = TextItem | ImageItem;
export type Content = string | readonly ContentItem[];

/** A file on a message or an answer. `content` is base64 and left out where it would be large. */
export interface FileAttachment {
  readonly name: string;
  readonly content?: string | null;
  readonly type: string;
  readonly size?: number | null;
  readonly file_id?: string | null;
  readonly url?: string | null;
}

export interface ToolCall {
  readonly call_id: string;
  readonly tool_name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly arguments_json: string;
}

export interface ToolResponse {
  readonly call_id: string;
  readonly tool_name: string;
  readonly content: string;
  readonly is_error: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface SystemMessage {
  readonly role: "system";
  readonly content: Content;
}

export interface UserMessage {
  readonly role: "user";
  readonly content: Content;
  readonly file?: FileAttachment | null;
}

export interface AssistantMessage {
  readonly role: "assistant";
  readonly content: string;
  readonly stop_reason: StopReason | null;
  readonly tool_calls: readonly ToolCall[];
  readonly reasoning: string;
}

export interface ToolMessage {
  readonly role: "tool";
  readonly call_id: string;
  readonly tool_name: string;
  readonly content: string;
  readonly is_error: boolean;
}

export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

export type StopReason =
  "end_of_turn" | "end_of_message" | "out_of_tokens" | "max_infer_iters" | "cancelled";

// --- Steps ----------------------------------------------------------------------------------

export interface Usage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cached_input_tokens: number;
  readonly reasoning_tokens: number;
}

/** Why a turn or a step failed. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

export type StepStatus = "running" | "completed" | "failed" | "cancelled";
export type Approval = "none" | "pending" | "approved" | "denied";

interface StepBase {
  readonly turn_id: string;
  readonly step_id: string;
  readonly started_at: Time;
  readonly completed_at: Time | null;
  readonly status: StepStatus;
  readonly attempt: number;
  readonly error: Failure | null;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface InferenceStep extends StepBase {
  readonly step_type: "inference";
  readonly model_response: AssistantMessage;
  readonly model: string;
  readonly usage: Usage | null;
  readonly first_token_at: Time | null;
}

export interface ToolCallStep extends StepBase {
  readonly step_type: "tool_call";
  readonly tool_call: ToolCall;
  readonly tool_response: ToolResponse | null;
  readonly approval: Approval;
}

/** What a shield found. */
export interface Violation {
  readonly violation_level: "info" | "warn" | "error";
  readonly user_message: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface OtherStep extends StepBase {
  readonly step_type: "other";
  readonly kind: "shield_call" | "memory_retrieval";
  readonly violation: Violation | null;
  readonly inserted_context: string | null;
}

export type Step = InferenceStep | ToolCallStep | OtherStep;
export type StepType = Step["step_type"];

// --- Turns, sessions, agents -----------------------------------------------------------------

export type TurnStatus =
  "queued" | "running" | "awaiting_input" | "completed" | "failed" | "cancelled";

export interface Turn {
  readonly turn_id: string;
  readonly session_id: string;
  readonly n: number;
  readonly status: TurnStatus;
  readonly input_messages: readonly Message[];
  readonly steps: readonly Step[];
  /** The text so far while the turn runs. */
  readonly output_message: AssistantMessage;
  readonly output_attachments: readonly FileAttachment[];
  /** When the server accepted it. */
  readonly started_at: Time;
  /** Null until it is completed, failed or cancelled. */
  readonly completed_at: Time | null;
  readonly error: Failure | null;
  readonly usage: Usage | null;
  readonly parent_turn_id: string | null;
  /** The last event folded into this value: `events?after=` goes on from here. */
  readonly last_event_id: string | null;
}

export interface Session {
  readonly session_id: string;
  readonly session_name: string;
  readonly agent_id: string;
  readonly turns: readonly Turn[];
  readonly started_at: Time;
  readonly updated_at: Time;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly turn_count: number;
  readonly status: "idle" | "running" | "awaiting_input";
  readonly pinned: boolean;
  readonly archived: boolean;
  readonly title_source: "default" | "model" | "user";
  readonly preview: string;
  readonly last_turn_status: TurnStatus | null;
  readonly forked_from: string | null;
}

export interface SessionPatch {
  readonly session_name?: string;
  readonly pinned?: boolean;
  readonly archived?: boolean;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export type SamplingStrategy =
  | { readonly type: "greedy" }
  | { readonly type: "top_p"; readonly temperature: number | null; readonly top_p: number | null }
  | { readonly type: "top_k"; readonly top_k: number };

/** How the model picks tokens. Null leaves a choice to the model server. */
export interface SamplingParams {
  readonly strategy: SamplingStrategy | null;
  readonly max_tokens: number | null;
  readonly repetition_penalty: number | null;
  readonly stop: readonly string[] | null;
}

export interface ToolDef {
  readonly name: string;
  readonly description: string;
  readonly input_schema: Readonly<Record<string, unknown>>;
}

export interface ToolConfig {
  /** `auto`, `required`, `none` or one tool's name. */
  readonly tool_choice: string;
  readonly system_message_behavior: "append" | "replace";
}

export interface AgentConfig {
  readonly model: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly instructions: string;
  readonly sampling_params: SamplingParams;
  readonly toolgroups: readonly string[];
  readonly client_tools: readonly ToolDef[];
  readonly tool_config: ToolConfig;
  readonly max_infer_iters: number;
  /** First messages offered in an empty session. */
  readonly starters: readonly string[];
}

/** To create an agent only its model is needed. */
export type AgentConfigInput = Pick<AgentConfig, "model"> & Partial<Omit<AgentConfig, "model">>;
/** RFC 7396: what is named is changed, null resets, what is not named stays. */
export type AgentConfigPatch = {
  readonly [Key in keyof AgentConfig]?: AgentConfig[Key] | null;
};

export interface Agent {
  readonly agent_id: string;
  readonly agent_config: AgentConfig;
  readonly created_at: Time;
  readonly updated_at: Time;
  readonly version: number;
  readonly is_default: boolean;
}

// --- Server ---------------------------------------------------------------------------------

export interface Model {
  /** `server/model`, what `AgentConfig.model` names. */
  readonly id: string;
  readonly server: string;
  readonly name: string;
  readonly is_demo: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface ModelServer {
  readonly name: string;
  readonly url: string;
  readonly status: "ready" | "unreachable" | "unauthorized";
  readonly detail: string | null;
  readonly is_demo: boolean;
}

export interface Models {
  readonly models: readonly Model[];
  readonly servers: readonly ModelServer[];
}

export interface Limits {
  readonly max_body_bytes: number;
  readonly max_file_bytes: number;
  readonly max_files: number;
  readonly max_message_chars: number;
  readonly accept: readonly string[];
}

export interface Config {
  readonly version: string;
  readonly build: string;
  readonly auth: string;
  readonly default_agent_id: string;
  /** The scripted demo is the only model server. */
  readonly demo: boolean;
  readonly limits: Limits;
  readonly titles: "first_message" | "model";
  readonly retry_ms: number;
}

/** RFC 9457, the body of every error. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly request_id: string;
  readonly errors?: readonly FieldError[];
  readonly retry_after?: number;
}

export interface FieldError {
  /** JSON pointer into the body. */
  readonly pointer: string;
  readonly detail: string;
}

interface Page {
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}
export interface AgentPage extends Page {
  readonly agents: readonly Agent[];
}
export interface SessionPage extends Page {
  readonly sessions: readonly Session[];
}
export interface TurnPage extends Page {
  readonly turns: readonly Turn[];
}
