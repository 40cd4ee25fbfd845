/**
 * What the server says, by the names of the guide; derived from its OpenAPI (`schema.d.ts`), so
 * that the compiler knows when the server speaks otherwise.
 *
 * The rules it keeps: values are never changed in place; unions, not optionals. A step is one of
 * its kinds, and a `switch` over a union ends in `satisfies never`, so that a new kind stops the
 * compiler wherever it is not known yet.
 */
import type { JsonObject } from "./json";
import type { components } from "./schema";

type Schemas = components["schemas"];

/** As it is written: what may be left out may be left out. */
type Written<T> = T extends (infer Item)[]
  ? readonly Written<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Written<T[Key]> }
    : T;

/** As the server says it: it leaves no field out. */
type Said<T> = T extends (infer Item)[]
  ? readonly Said<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]-?: Said<T[Key]> }
    : T;

/** RFC 3339, UTC. */
export type Time = string;

// --- Messages -------------------------------------------------------------------------------

/** Written by the page and said by the server, so a reader must reckon with what is left out. */
export type UserMessage = Written<Schemas["UserMessage"]>;
export type SystemMessage = Written<Schemas["SystemMessage"]>;
/** What may start a turn. */
export type InputMessage = UserMessage | SystemMessage;
export type AssistantMessage = Said<Schemas["AssistantMessage"]>;

/** A tool's answer as the model is given it. It stands in no turn: the step has it. */
export interface ToolMessage {
  readonly role: "tool";
  readonly call_id: string;
  readonly tool_name: string;
  readonly content: string;
  readonly is_error: boolean;
}

export type Message = InputMessage | AssistantMessage | ToolMessage;
export type StopReason = NonNullable<AssistantMessage["stop_reason"]>;

export type Content = UserMessage["content"];
export type TextItem = Written<Schemas["TextItem"]>;
export type ImageItem = Written<Schemas["ImageItem"]>;

/** A file on a message or an answer; `content` is base64. */
export type FileAttachment = Written<Schemas["FileAttachment"]>;
/** A file that the server keeps. */
export type StoredFile = Said<Schemas["FileInfo"]>;

export type ToolCall = Said<Schemas["ToolCall"]>;
export type ToolResponse = Said<Schemas["ToolResponse"]>;

// --- Steps ----------------------------------------------------------------------------------

export type InferenceStep = Said<Schemas["InferenceStep"]>;
export type ToolCallStep = Said<Schemas["ToolCallStep"]>;
export type OtherStep = Said<Schemas["OtherStep"]>;
export type Step = InferenceStep | ToolCallStep | OtherStep;

export type StepType = Step["step_type"];
export type Approval = ToolCallStep["approval"];
/** What a tool asks a person in the middle of a call. */
export type Question = Said<Schemas["Question"]>;
export type Answer = Said<Schemas["Answer"]>;
/** What a person has allowed for the rest of a session. */
export type Grant = Said<Schemas["Grant"]>;
export type Violation = Said<Schemas["Violation"]>;
export type Usage = Said<Schemas["Usage"]>;
/** Why a turn or a step failed. */
export type Failure = Said<Schemas["Problem"]>;

/** What a model was asked in a step: a page of its messages. */
export type StepRequest = Omit<Said<Schemas["StepRequest"]>, "messages"> & {
  readonly messages: readonly Message[];
};

// --- Turns, sessions, agents -----------------------------------------------------------------

/**
 * One exchange. `output_message` is the text so far while it runs; `completed_at` is null until it
 * is completed, failed or cancelled; `last_event_id` is the last event that is folded in:
 * `events?after=` goes on from there.
 */
export type Turn = Omit<
  Said<Schemas["Turn"]>,
  "input_messages" | "output_message" | "output_attachments" | "steps"
> & {
  readonly input_messages: readonly InputMessage[];
  readonly output_message: AssistantMessage;
  readonly output_attachments: readonly FileAttachment[];
  readonly steps: readonly Step[];
};
export type TurnStatus = Turn["status"];
/** What the owner of a turn says of it. */
export type Feedback = Said<Schemas["Feedback"]>;

export type Session = Omit<Said<Schemas["Session"]>, "turns"> & { readonly turns: readonly Turn[] };
/** Something has changed in a session; `session` is how it is now, null once it is deleted. */
export type SessionChange = Omit<Said<Schemas["SessionChange"]>, "session"> & {
  readonly session: Session | null;
};
export type SessionPatch = Omit<Written<Schemas["SessionPatch"]>, "retention"> & {
  readonly retention?: Session["retention"];
};

/** What came for one session of something that was done to many. */
export type BatchOutcome = Said<Schemas["SessionOutcome"]>;
/** A session that was deleted, and can be had back for a time. */
export type TrashedSession = Omit<Said<Schemas["TrashedSession"]>, "session"> & {
  readonly session: Session;
};

export type Agent = Said<Schemas["Agent"]>;
export type AgentConfig = Said<Schemas["AgentConfig"]>;
export type SamplingParams = Said<Schemas["SamplingParams"]>;
export type ToolConfig = Said<Schemas["ToolConfig"]>;
export type ToolDef = Said<Schemas["ToolDef"]>;

/** All tools of a group, or one of them as `group/tool`; with arguments of the agent's own or without. */
export type ToolgroupUse = AgentConfig["toolgroups"][number];

/** To create an agent only its model is needed. */
export type AgentConfigInput = Pick<AgentConfig, "model"> & Partial<Omit<AgentConfig, "model">>;
/** RFC 7396: what is named is changed, null resets, what is not named stays. */
export type AgentConfigPatch = {
  readonly [Key in keyof AgentConfig]?: AgentConfig[Key] | null;
};

/** By the id of a turn that is not the only one where it stands: all that do, itself too, in order. */
export type Siblings = Readonly<Record<string, readonly string[]>>;

// --- Links ----------------------------------------------------------------------------------

/** A link to a session, as its owner sees it. */
export type Share = Said<Schemas["Share"]>;
/** One that was just made: its secret is not told again. */
export type NewShare = Said<Schemas["NewShare"]>;
export type CreateShare = Written<Schemas["CreateShare"]>;
/** A turn as readers of a link see it. */
export type SharedTurn = Pick<
  Turn,
  "input_messages" | "output_message" | "output_attachments" | "steps"
> &
  Omit<
    Said<Schemas["SharedTurn"]>,
    "input_messages" | "output_message" | "output_attachments" | "steps"
  >;
/** A page of what a link shows. */
export type SharedSession = Omit<Said<Schemas["SharedSession"]>, "turns"> & {
  readonly turns: readonly SharedTurn[];
};

// --- Tools ----------------------------------------------------------------------------------

export type ToolPolicy = Said<Schemas["ToolPolicy"]>;
/** When a person is asked before a tool runs. */
export type ApprovalRule = ToolPolicy["approval"];
export type ToolInfo = Said<Schemas["ToolInfo"]>;
export type Toolgroup = Said<Schemas["ToolgroupInfo"]>;
/** A tool that is not as it was accepted: no `pinned` of a new one, no `current` of one that is gone. */
export type ToolChange = Said<Schemas["ToolChange"]>;

/** An MCP server to be added. What it is reached with is never told again. */
export interface NewToolgroup {
  readonly toolgroup_id: string;
  readonly mcp_endpoint:
    | { readonly uri: string }
    | {
        readonly command: string;
        readonly args: readonly string[];
        readonly env: Readonly<Record<string, string>>;
      };
  readonly headers?: Readonly<Record<string, string>>;
  readonly authorization?: string;
  readonly approval: ApprovalRule;
}

/** What came of a tool that was tried. */
export type ToolOutcome = Said<Schemas["ToolOutcome"]>;

// --- Accounts -------------------------------------------------------------------------------

export type User = Said<Schemas["User"]>;
export type Role = User["role"];
/** Who one is, in which way the server knows, and what one may do. */
export type Account = Said<Schemas["Account"]>;
export type SignInOptions = Said<Schemas["SignInOptions"]>;
export type ApiKey = Said<Schemas["ApiKey"]>;
export type Scope = ApiKey["scopes"][number];
/** A key that was just made: only here its text is said. */
export type NewApiKey = Said<Schemas["NewApiKey"]>;
export type UserPatch = Partial<Pick<User, "role" | "disabled">> & { readonly password?: string };
export interface NewUser {
  readonly name: string;
  readonly role: Role;
  readonly password: string;
}
export interface NewKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expires_at: Time | null;
}
export interface AccountPatch {
  readonly name?: string;
  readonly password?: string;
  readonly current_password?: string;
}

/** How much of something is used; `limit` null: as much as one likes. */
export type Metered = Said<Schemas["Metered"]>;
export type AccountUsage = Said<Schemas["AccountUsage"]>;
export type LimitName = keyof AccountUsage;
export type UserPreferences = Said<Schemas["UserPreferences"]>;
/** What was set for a user, and what counts; 0 is no limit, null what the server's settings say. */
export type UserLimits = Said<Schemas["UserLimits"]>;
export type OwnLimits = UserLimits["own"];

// --- Server ---------------------------------------------------------------------------------

export type Readiness = Said<Schemas["Readiness"]>;
/** One deed: what was done here, by whom and to what. */
export type AuditEntry = Said<Schemas["AuditEntry"]>;

export type Model = Said<Schemas["ModelInfo"]>;
export type ModelServer = Said<Schemas["ServerStatus"]>;
export type Models = Said<Schemas["ModelList"]>;
export type Limits = Said<Schemas["Limits"]>;
export type Config = Said<Schemas["ServerConfig"]>;

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
  readonly turn_id?: string | null;
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
/** A turn, or a session's name, that was found. */
export type Hit = Said<Schemas["SearchHit"]>;
export type Snippet = Hit["snippets"][number];
export interface HitPage extends Page {
  readonly hits: readonly Hit[];
}
export interface SessionPage extends Page {
  readonly sessions: readonly Session[];
}
export interface TrashPage extends Page {
  readonly trash: readonly TrashedSession[];
}
export interface ToolgroupPage extends Page {
  readonly toolgroups: readonly Toolgroup[];
}
export interface TurnPage extends Page {
  readonly turns: readonly Turn[];
  readonly siblings: Siblings;
}
export interface SharePage extends Page {
  readonly shares: readonly Share[];
}
export interface UserPage extends Page {
  readonly users: readonly User[];
}
export interface KeyPage extends Page {
  readonly keys: readonly ApiKey[];
}
export interface AuditPage extends Page {
  readonly entries: readonly AuditEntry[];
}

/** What a person says about a tool call that waits for that. */
export interface Decision {
  readonly decision: "approve" | "deny";
  /** Why it is denied: the agent is told. */
  readonly reason?: string;
  /** In place of what the agent asked for. */
  readonly arguments?: JsonObject;
  /** To what the tool asked. */
  readonly answer?: JsonObject;
  /** The tool may run without being asked about for the rest of the session. */
  readonly remember?: boolean;
}
