/**
 * The server's endpoints as functions: values in, values out, `ApiError` when it fails.
 *
 * The rule it keeps: nothing here knows of React or of caches (`queries.ts` does), and a `POST` is
 * repeated only under an `Idempotency-Key`.
 */
import { unreachable } from "./errors";
import { fetchOnce, fetchPatiently, readJson } from "./fetch";
import type {
  Agent,
  AgentConfigInput,
  AgentConfigPatch,
  AgentPage,
  Config,
  Message,
  Models,
  Session,
  SessionPage,
  SessionPatch,
  Turn,
  TurnPage,
} from "./types";

type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

interface Options {
  readonly query?: Query | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  readonly keepalive?: boolean;
}

const path = (parts: TemplateStringsArray, ...ids: string[]) =>
  String.raw({ raw: parts }, ...ids.map(encodeURIComponent));

function requestOf(method: string, url: string, options: Options): Request {
  const query = Object.entries(options.query ?? {}).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  const search = new URLSearchParams(
    query.map(([name, value]) => [name, String(value)]),
  ).toString();
  const target = new URL(search === "" ? url : `${url}?${search}`, location.origin);
  return new Request(target, {
    method,
    headers: {
      Accept: "application/json",
      ...(options.body !== undefined && { "Content-Type": "application/json" }),
      ...options.headers,
    },
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
    ...(options.signal && { signal: options.signal }),
    keepalive: options.keepalive ?? false,
  });
}

async function call<T>(method: string, url: string, options: Options = {}): Promise<T> {
  const response = await fetchPatiently(requestOf(method, url, options));
  return response.status === 204 ? (undefined as T) : await readJson<T>(response);
}

// --- Server ---------------------------------------------------------------------------------

export const getConfig = (signal?: AbortSignal) => call<Config>("GET", "/v1/config", { signal });
export const getModels = (signal?: AbortSignal) => call<Models>("GET", "/v1/models", { signal });

// --- Agents ---------------------------------------------------------------------------------

/** Every agent, page by page: there are few, and pickers want them all. */
export async function listAgents(signal?: AbortSignal): Promise<readonly Agent[]> {
  const agents: Agent[] = [];
  let cursor: string | null = null;
  do {
    const query: Query = { limit: 200, cursor };
    const page: AgentPage = await call("GET", "/v1/agents", { query, signal });
    agents.push(...page.agents);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return agents;
}

export const getAgent = (agentId: string, signal?: AbortSignal) =>
  call<Agent>("GET", path`/v1/agents/${agentId}`, { signal });

export const createAgent = (config: AgentConfigInput) =>
  call<Agent>("POST", "/v1/agents", { body: { agent_config: config } });

export const updateAgent = (agentId: string, patch: AgentConfigPatch) =>
  call<Agent>("PATCH", path`/v1/agents/${agentId}`, { body: { agent_config: patch } });

export const deleteAgent = (agentId: string) =>
  call<undefined>("DELETE", path`/v1/agents/${agentId}`);

// --- Sessions -------------------------------------------------------------------------------

/** Which sessions a list shows; `archived` false and `pinned` either when not named. */
export interface SessionFilter {
  readonly q?: string | undefined;
  readonly archived?: boolean | "any" | undefined;
  readonly pinned?: boolean | "any" | undefined;
}

export interface PageRequest {
  readonly cursor: string | null;
  readonly limit: number;
}

export const listSessions = (
  agentId: string,
  filter: SessionFilter,
  page: PageRequest,
  signal?: AbortSignal,
) =>
  call<SessionPage>("GET", path`/v1/agents/${agentId}/sessions`, {
    query: { ...filter, ...page },
    signal,
  });

/** The session without its turns: those come in pages, see `listTurns`. */
export const getSession = (agentId: string, sessionId: string, signal?: AbortSignal) =>
  call<Session>("GET", path`/v1/agents/${agentId}/session/${sessionId}`, {
    query: { turns: "none" },
    signal,
  });

export const updateSession = (agentId: string, sessionId: string, patch: SessionPatch) =>
  call<Session>("PATCH", path`/v1/agents/${agentId}/session/${sessionId}`, { body: patch });

/** `keepalive` lets the request outlive the page. */
export const deleteSession = (agentId: string, sessionId: string, keepalive = false) =>
  call<undefined>("DELETE", path`/v1/agents/${agentId}/session/${sessionId}`, { keepalive });

// --- Turns ----------------------------------------------------------------------------------

/** A page of turns, newest first. */
export const listTurns = (
  agentId: string,
  sessionId: string,
  page: PageRequest,
  signal?: AbortSignal,
) =>
  call<TurnPage>("GET", path`/v1/agents/${agentId}/session/${sessionId}/turns`, {
    query: { order: "desc", ...page },
    signal,
  });

/** Stop a turn; what it said so far is kept. Stopping one that rests changes nothing. */
export const cancelTurn = (agentId: string, sessionId: string, turnId: string) =>
  call<Turn>("POST", path`/v1/agents/${agentId}/session/${sessionId}/turn/${turnId}/cancel`);

// --- Sending: one try only, for the outbox shows and schedules further ones -------------------

/** The server stores a message before it answers; what takes longer than this is lost on the way. */
const SEND_TIMEOUT_MS = 30_000;

async function post<T>(url: string, body: unknown, key: string): Promise<T> {
  const signal = AbortSignal.timeout(SEND_TIMEOUT_MS);
  const request = requestOf("POST", url, { body, headers: { "Idempotency-Key": key }, signal });
  try {
    return await readJson<T>(await fetchOnce(request));
  } catch (error) {
    throw signal.aborted ? unreachable(error) : error;
  }
}

/** A session without a name: the server takes one from its first message. */
export const createSession = (agentId: string, key: string) =>
  post<Session>(path`/v1/agents/${agentId}/session`, {}, key);

export interface NewTurn {
  readonly agentId: string;
  readonly sessionId: string;
  readonly messages: readonly Message[];
  /** The same key twice is the same turn. */
  readonly key: string;
}

/** Hand a turn to the server; when another turn of the session runs it waits its time there. */
export const startTurn = ({ agentId, sessionId, messages, key }: NewTurn) =>
  post<Turn>(
    path`/v1/agents/${agentId}/session/${sessionId}/turn`,
    { messages, background: true, on_busy: "enqueue" },
    key,
  );

// --- Following ------------------------------------------------------------------------------

/** The stream of a turn's events after the event `after`, or from the turn's start. */
export function turnEventsRequest(
  place: { readonly agentId: string; readonly sessionId: string; readonly turnId: string },
  after: string | null,
  signal: AbortSignal,
): Request {
  const url = path`/v1/agents/${place.agentId}/session/${place.sessionId}/turn/${place.turnId}/events`;
  return requestOf("GET", url, {
    headers: { Accept: "text/event-stream", ...(after !== null && { "Last-Event-ID": after }) },
    signal,
  });
}
