/** The events of a turn, as they come over the stream, and the changes of an agent's sessions. `turn-reducer.ts` says what they mean. */
import type {
  Answer,
  Approval,
  Failure,
  Grant,
  InputMessage,
  OtherStep,
  Question,
  Step,
  StepType,
  StopReason,
  Time,
  ToolCall,
  Turn,
} from "./types";

export interface ToolCallDelta {
  readonly index: number;
  readonly call_id: string;
  readonly tool_name: string;
  /** A fragment: the whole is what all deltas of this `index` make together. */
  readonly arguments_json: string;
}

export type Delta =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "reasoning"; readonly text: string }
  | {
      readonly type: "tool_call";
      readonly tool_call: ToolCallDelta;
      readonly parse_status: "started" | "in_progress" | "succeeded" | "failed";
    }
  | { readonly type: "tool_output"; readonly text: string };

/** Always the first event of a turn. */
export interface TurnQueued {
  readonly event_type: "turn_queued";
  readonly turn_id: string;
  readonly session_id: string;
  readonly agent_id: string;
  readonly n: number;
  readonly input_messages: readonly InputMessage[];
  readonly parent_turn_id: string | null;
  readonly at: Time;
}

export interface TurnStarted {
  readonly event_type: "turn_start";
  readonly turn_id: string;
  readonly session_id: string;
  readonly n: number;
  readonly at: Time;
}

export interface StepStarted {
  readonly event_type: "step_start";
  readonly step_id: string;
  readonly step_type: StepType;
  readonly attempt: number;
  readonly at: Time;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Only of a tool call step. */
  readonly tool_call?: ToolCall | null;
  /** Only of an inference. */
  readonly model?: string;
  /** Only of an `other` step. */
  readonly kind?: OtherStep["kind"] | null;
  /** "pending" of a tool call that is made when a person has approved it; its `attempt` is 0 then. */
  readonly approval?: Approval;
}

export interface StepProgressed {
  readonly event_type: "step_progress";
  readonly step_id: string;
  readonly step_type: StepType;
  readonly delta: Delta;
}

/** The step begins: after a decision, or another try, and then what it said so far does not count. */
export interface StepRestarted {
  readonly event_type: "step_restart";
  readonly step_id: string;
  readonly epoch: number;
  readonly at: Time;
}

/** A tool asks a person something: its call is made again once there is an answer. */
export interface StepAsked {
  readonly event_type: "step_asked";
  readonly step_id: string;
  readonly question: Question;
  readonly at: Time;
}

/** A person has decided about a call: with other arguments (`tool_call`), or with an answer. */
export interface StepDecided {
  readonly event_type: "step_decided";
  readonly step_id: string;
  readonly decision: "approve" | "deny";
  readonly reason: string;
  readonly tool_call: ToolCall | null;
  readonly answer: Answer | null;
  readonly grant: Grant | null;
  readonly at: Time;
}

export interface StepCompleted {
  readonly event_type: "step_complete";
  readonly step_id: string;
  readonly step_type: StepType;
  readonly step_details: Step;
  readonly at: Time;
}

export interface TurnResumed {
  readonly event_type: "turn_resume";
  readonly at: Time;
}

/** The events that bring a turn to rest carry it whole on the wire, but not in the stored log. */
interface Rest {
  readonly turn?: Turn;
  readonly at: Time;
}

export interface TurnCompleted extends Rest {
  readonly event_type: "turn_complete";
  readonly stop_reason: StopReason;
}

export interface TurnAwaitingInput extends Rest {
  readonly event_type: "turn_awaiting_input";
  readonly reason: NonNullable<Turn["wait_reason"]>;
}

export interface TurnFailed extends Rest {
  readonly event_type: "turn_failed";
  readonly error: Failure;
}

export interface TurnCancelled extends Rest {
  readonly event_type: "turn_cancelled";
}

/** After one of these a turn rests. */
export type RestEvent = TurnCompleted | TurnAwaitingInput | TurnFailed | TurnCancelled;

export type TurnEvent =
  | TurnQueued
  | TurnStarted
  | StepStarted
  | StepProgressed
  | StepRestarted
  | StepAsked
  | StepDecided
  | StepCompleted
  | TurnResumed
  | RestEvent;

/** One event and its place in the turn's log, or among an agent's changes. */
export interface EventFrame<Payload = TurnEvent> {
  readonly id: string;
  readonly payload: Payload;
}
