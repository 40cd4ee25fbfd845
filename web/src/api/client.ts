/**
 * The server's endpoints as functions: values in, values out, `ApiError` when it fails. Paths,
 * queries and bodies are checked against its OpenAPI by the compiler.
 *
 * The rule it keeps: nothing here knows of React or of caches (`queries.ts` does), and a `POST` is
 * repeated only under an `Idempotency-Key`.
 */
import { callerOf } from "./caller";
import { isApiError, unreachable } from "./errors";
import { fetchOnce, fetchPatiently } from "./fetch";
import type {
  Agent,
  AgentConfigInput,
  AgentConfigPatch,
  AgentPage,
  Config,
  Decision,
  InputMessage,
  Models,
  Session,
  SessionPage,
  SessionPatch,
  StoredFile,
  Turn,
  TurnPage,
} from "./types";

export const server = callerOf(fetchPatiently);
/** For what shows and schedules its tries itself. */
const serverOnce = callerOf(fetchOnce);

/**
 * The value of an answer, as `types.ts` names it: the server leaves out no field. An answer that
 * is cut within its body did not come.
 */
export async function valueOf<T>(
  answer: Promise<{ readonly data?: unknown }>,
  signal?: AbortSignal,
): Promise<T> {
  try {
    return (await answer).data as T;
  } catch (error) {
    throw isApiError(error) || signal?.aborted === true ? error : unreachable(error);
  }
}

/** `signal` where there is one: an absent one must not be named. */
export const until = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });

// --- Server ---------------------------------------------------------------------------------

export const getConfig = (signal?: AbortSignal) =>
  valueOf<Config>(server.GET("/v1/config", until(signal)), signal);

export const getModels = (signal?: AbortSignal) =>
  valueOf<Models>(server.GET("/v1/models", until(signal)), signal);

// --- Agents ---------------------------------------------------------------------------------

/** Every agent, page by page: there are few, and pickers want them all. */
export async function listAgents(signal?: AbortSignal): Promise<readonly Agent[]> {
  const agents: Agent[] = [];
  let cursor: string | null = null;
  do {
    const query = { limit: 200, ...(cursor !== null && { cursor }) };
    const answer = server.GET("/v1/agents", { params: { query }, ...until(signal) });
    const page: AgentPage = await valueOf<AgentPage>(answer, signal);
    agents.push(...page.agents);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return agents;
}

const AGENT = "/v1/agents/{agent_id}";

export const getAgent = (agentId: string, signal?: AbortSignal) =>
  valueOf<Agent>(server.GET(AGENT, { params: { path: { agent_id: agentId } }, ...until(signal) }));

export const createAgent = (config: AgentConfigInput) =>
  valueOf<Agent>(server.POST("/v1/agents", { body: asBody({ agent_config: config }) }));

export const updateAgent = (agentId: string, patch: AgentConfigPatch) =>
  valueOf<Agent>(
    server.PATCH(AGENT, {
      params: { path: { agent_id: agentId } },
      body: { agent_config: { ...patch } },
    }),
  );

export const deleteAgent = (agentId: string) =>
  valueOf<undefined>(server.DELETE(AGENT, { params: { path: { agent_id: agentId } } }));

/** Our values cannot be changed, the schema's can; and it calls fields with defaults required. */
export const asBody = (value: unknown) => value as never;

// --- Sessions -------------------------------------------------------------------------------

/** Which sessions a list shows; `archived` false and `pinned` either when not named. */
export interface SessionFilter {
  readonly q?: string | undefined;
  readonly tag?: string | undefined;
  readonly archived?: boolean | "any" | undefined;
  readonly pinned?: boolean | "any" | undefined;
}

export interface PageRequest {
  readonly cursor: string | null;
  readonly limit: number;
}

export const SESSION = "/v1/agents/{agent_id}/session/{session_id}";

const sessionPath = (agentId: string, sessionId: string) => ({
  agent_id: agentId,
  session_id: sessionId,
});

const pageQuery = ({ cursor, limit }: PageRequest) => ({
  limit,
  ...(cursor !== null && { cursor }),
});

const flag = (value: boolean | "any") => String(value) as "true" | "false" | "any";

export const listSessions = (
  agentId: string,
  { q, tag, archived, pinned }: SessionFilter,
  page: PageRequest,
  signal?: AbortSignal,
) =>
  valueOf<SessionPage>(
    server.GET("/v1/agents/{agent_id}/sessions", {
      params: {
        path: { agent_id: agentId },
        query: {
          ...pageQuery(page),
          ...(q && { q }),
          ...(tag && { tag }),
          ...(archived !== undefined && { archived: flag(archived) }),
          ...(pinned !== undefined && { pinned: flag(pinned) }),
        },
      },
      ...until(signal),
    }),
    signal,
  );

/** The session without its turns: those come in pages, see `listTurns`. */
export const getSession = (agentId: string, sessionId: string, signal?: AbortSignal) =>
  valueOf<Session>(
    server.GET(SESSION, {
      params: { path: sessionPath(agentId, sessionId), query: { turns: "none" } },
      ...until(signal),
    }),
    signal,
  );

/** Tags are changed by another call, for one session as for many: see `batch-queries.ts`. */
export const updateSession = (
  agentId: string,
  sessionId: string,
  patch: Omit<SessionPatch, "tags">,
) =>
  valueOf<Session>(
    server.PATCH(SESSION, { params: { path: sessionPath(agentId, sessionId) }, body: patch }),
  );

/** `keepalive` lets the request outlive the page. */
export const deleteSession = (agentId: string, sessionId: string, keepalive = false) =>
  valueOf<undefined>(
    server.DELETE(SESSION, { params: { path: sessionPath(agentId, sessionId) }, keepalive }),
  );

/** The stream of what changes among an agent's sessions after the change `after`, or from now on. One try. */
export async function followSessions(
  agentId: string,
  after: string | null,
  signal: AbortSignal,
): Promise<Response> {
  const { response } = await serverOnce.GET("/v1/agents/{agent_id}/events", {
    params: {
      path: { agent_id: agentId },
      ...(after !== null && { header: { "Last-Event-ID": after } }),
    },
    headers: { Accept: "text/event-stream" },
    parseAs: "stream",
    signal,
  });
  return response;
}

// --- Turns ----------------------------------------------------------------------------------

/** Which turns: those of the active branch, or of the one that ends with the turn `tip`. */
export interface TurnRequest extends PageRequest {
  readonly tip?: string | undefined;
}

/** A page of turns, newest first. */
export const listTurns = (
  agentId: string,
  sessionId: string,
  { tip, ...page }: TurnRequest,
  signal?: AbortSignal,
) =>
  valueOf<TurnPage>(
    server.GET(`${SESSION}/turns`, {
      params: {
        path: sessionPath(agentId, sessionId),
        query: { order: "desc", ...pageQuery(page), ...(tip !== undefined && { tip }) },
      },
      ...until(signal),
    }),
    signal,
  );

export interface TurnPlace {
  readonly agentId: string;
  readonly sessionId: string;
  readonly turnId: string;
}

export const turnPath = ({ agentId, sessionId, turnId }: TurnPlace) => ({
  ...sessionPath(agentId, sessionId),
  turn_id: turnId,
});

/** Stop a turn; what it said so far is kept. Stopping one that rests changes nothing. */
export const cancelTurn = (place: TurnPlace) =>
  valueOf<Turn>(
    server.POST(`${SESSION}/turn/{turn_id}/cancel`, {
      params: { path: turnPath(place) },
      signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
    }),
  );

/**
 * Decide about a tool call as it was seen at an attempt: a decision that comes too late is not one about what is asked
 * now. The turn goes on, and is answered as it is then.
 */
export const decideTurn = (
  place: TurnPlace,
  callId: string,
  decision: Decision,
  attempt: number | null,
) =>
  valueOf<Turn>(
    server.POST(`${SESSION}/turn/{turn_id}/decision`, {
      params: { path: turnPath(place) },
      body: asBody({ call_id: callId, ...decision, attempt, background: true }),
    }),
  );

/** The stream of a turn's events after the event `after`, or from the turn's start. One try. */
export async function followTurn(
  place: TurnPlace,
  after: string | null,
  signal: AbortSignal,
): Promise<Response> {
  const { response } = await serverOnce.GET(`${SESSION}/turn/{turn_id}/events`, {
    params: {
      path: turnPath(place),
      ...(after !== null && { header: { "Last-Event-ID": after } }),
    },
    headers: { Accept: "text/event-stream" },
    parseAs: "stream",
    signal,
  });
  return response;
}

// --- Files ----------------------------------------------------------------------------------

/** What the server knows of a file; its content is read in `file-content.ts`, and sent in `upload.ts`. */
export const getFile = (fileId: string, signal?: AbortSignal) =>
  valueOf<StoredFile>(
    server.GET("/v1/files/{file_id}", {
      params: { path: { file_id: fileId } },
      ...until(signal),
    }),
    signal,
  );

// --- Sending: one try only, for the outbox shows and schedules further ones -------------------

/** The server stores a message before it answers; what takes longer than this is lost on the way. */
const SEND_TIMEOUT_MS = 30_000;

/** A session without a name: the server takes one from its first message. */
export const createSession = (agentId: string, key: string) =>
  valueOf<Session>(
    serverOnce.POST("/v1/agents/{agent_id}/session", {
      params: { path: { agent_id: agentId } },
      headers: { "Idempotency-Key": key },
      body: {},
      signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
    }),
  );

export interface NewTurn {
  readonly agentId: string;
  readonly sessionId: string;
  readonly messages: readonly InputMessage[];
  /** The same key twice is the same turn. */
  readonly key: string;
  /** After which turn it comes, null for none; after the newest one when not named. */
  readonly parentTurnId?: string | null;
}

/** What is not waited for: when another turn of the session runs it waits its time there. */
const IN_TURN = { background: true, on_busy: "enqueue" } as const;

/** Hand a turn to the server. */
export const startTurn = ({ agentId, sessionId, messages, key, parentTurnId }: NewTurn) =>
  valueOf<Turn>(
    serverOnce.POST(`${SESSION}/turn`, {
      params: { path: sessionPath(agentId, sessionId), header: { "Idempotency-Key": key } },
      body: asBody({
        messages,
        ...IN_TURN,
        ...(parentTurnId !== undefined && { parent_turn_id: parentTurnId }),
      }),
      signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
    }),
  );

/** Have a turn tried again: what comes of it stands beside it. */
export const retryTurn = (place: TurnPlace, key: string) =>
  valueOf<Turn>(
    serverOnce.POST(`${SESSION}/turn/{turn_id}/retry`, {
      params: { path: turnPath(place), header: { "Idempotency-Key": key } },
      body: asBody(IN_TURN),
      signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
    }),
  );
