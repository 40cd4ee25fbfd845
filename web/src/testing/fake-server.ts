/**
 * A server of agents and sessions in memory, by the contract: what a test changes through the page
 * is there to be read. It holds no turns.
 */
import { http, HttpResponse } from "msw";

import type { JsonObject } from "@/api/json";
import { hasTag } from "@/api/pages";
import type {
  Agent,
  AgentConfigInput,
  AgentConfigPatch,
  NewToolgroup,
  Session,
  SessionChange,
  SessionPatch,
  Toolgroup,
  ToolInfo,
  TrashedSession,
} from "@/api/types";

import { Line } from "./event-streams";
import { server } from "./server";
import { aGroup } from "./tool-calls";
import { aConfig, anAccount, anAgent, aServerConfig, aSession, someModels } from "./values";

interface Stock {
  agents?: readonly Agent[];
  sessions?: readonly Session[];
  groups?: readonly Toolgroup[];
  tools?: readonly ToolInfo[];
}

export function problem(status: number, code: string, detail: string, more: object = {}) {
  return HttpResponse.json(
    {
      type: "about:blank",
      title: code,
      status,
      detail,
      instance: "",
      code,
      request_id: "r",
      ...more,
    },
    { status, headers: { "Content-Type": "application/problem+json" } },
  );
}

/** What the server holds; replaced, never changed in place. */
export class FakeServer {
  agents: readonly Agent[];
  sessions: readonly Session[];
  trash: readonly TrashedSession[] = [];
  groups: readonly Toolgroup[];
  readonly tools: readonly ToolInfo[];
  /** What was asked to be registered, as it came. */
  readonly registered: NewToolgroup[] = [];
  /** The tools that were tried, with what. */
  readonly called: { readonly name: string; readonly arguments: JsonObject }[] = [];

  constructor({ agents = [anAgent()], sessions = [], groups = [], tools = [] }: Stock = {}) {
    this.agents = agents;
    this.sessions = sessions;
    this.groups = groups;
    this.tools = tools;
  }

  /** Those who follow what changes, each at the end of a line. */
  readonly followers: Line[] = [];

  changes(signal: AbortSignal): Response {
    const line = new Line(signal);
    this.followers.push(line);
    this.tell({ event_type: "following" }, [line]);
    return line.response;
  }

  /** Say what has changed. */
  tell(change: Partial<SessionChange>, to: readonly Line[] = this.followers): void {
    const none = { session_id: null, session: null, turn_id: null, turn_status: null };
    const payload = { ...none, has_missed: false, ...change };
    this.#told += 1;
    for (const line of to) line.send({ id: `1.${this.#told}`, payload });
  }

  #told = 0;

  /** Put a session into the trash; false when it is not there. */
  remove(id: unknown): boolean {
    const session = this.session(id);
    if (session === undefined) return false;
    this.sessions = this.sessions.filter((other) => other !== session);
    this.trash = [{ session, deleted_at: new Date().toISOString() }, ...this.trash];
    return true;
  }

  change(id: unknown, values: Partial<Session>): void {
    this.sessions = this.sessions.map((session) =>
      session.session_id === id ? { ...session, ...values } : session,
    );
  }

  fork(id: unknown, { session_name: name }: { readonly session_name: string }): Session {
    const facts = {
      session_id: `fork-of-${String(id)}`,
      session_name: name,
      forked_from: String(id),
    };
    const fork = { ...aSession(facts.session_id), ...this.session(id), ...facts };
    this.sessions = [fork, ...this.sessions];
    return fork;
  }

  session = (id: unknown) => this.sessions.find((session) => session.session_id === id);
  agent = (id: unknown) => this.agents.find((agent) => agent.agent_id === id);
}

export function serve(stock: Stock = {}): FakeServer {
  const fake = new FakeServer(stock);
  server.use(
    ...serverHandlers(),
    ...toolHandlers(fake),
    ...agentHandlers(fake),
    ...sessionHandlers(fake),
    ...trashHandlers(fake),
  );
  return fake;
}

const serverHandlers = () => [
  http.get("/v1/health", () => HttpResponse.json({ status: "ok" })),
  http.get("/v1/config", () => HttpResponse.json(aServerConfig)),
  http.get("/v1/models", () => HttpResponse.json(someModels)),
  http.get("/v1/account", () => HttpResponse.json(anAccount({ via: "local" }))),
];

/** Whatever is registered is there, with no tools; a tool that is tried says with what. */
function toolHandlers(fake: FakeServer) {
  const one = "/v1/toolgroups/:group";
  const change = (id: unknown, values: Partial<Toolgroup>) => {
    fake.groups = fake.groups.map((group) =>
      group.toolgroup_id === id ? { ...group, ...values } : group,
    );
    return fake.groups.find((group) => group.toolgroup_id === id);
  };
  return [
    http.get("/v1/tools", () => HttpResponse.json({ tools: fake.tools })),
    http.get("/v1/toolgroups", () =>
      HttpResponse.json({ toolgroups: fake.groups, has_more: false, next_cursor: null }),
    ),
    http.post<never, NewToolgroup>("/v1/toolgroups", async ({ request }) => {
      const asked = await request.json();
      fake.registered.push(asked);
      const group = aGroup({ toolgroup_id: asked.toolgroup_id });
      fake.groups = [...fake.groups, group];
      return HttpResponse.json(group, { status: 201 });
    }),
    http.delete(one, ({ params }) => {
      fake.groups = fake.groups.filter((group) => group.toolgroup_id !== params.group);
      return new HttpResponse(null, { status: 204 });
    }),
    http.post(`${one}/accept`, ({ params }) =>
      HttpResponse.json(change(params.group, { status: "ready", changes: [] })),
    ),
    http.post<{ tool: string }, { arguments: JsonObject }>(
      "/v1/tools/:tool/call",
      async ({ params, request }) => {
        const { arguments: args } = await request.json();
        fake.called.push({ name: params.tool, arguments: args });
        const content = JSON.stringify({ heard: args });
        return HttpResponse.json({ content, is_error: false, metadata: {}, files: [] });
      },
    ),
  ];
}

function agentHandlers(fake: FakeServer) {
  const one = "/v1/agents/:agent";
  return [
    http.get("/v1/agents", () =>
      HttpResponse.json({ agents: fake.agents, has_more: false, next_cursor: null }),
    ),
    http.post<never, { agent_config: AgentConfigInput }>("/v1/agents", async ({ request }) => {
      const { agent_config: config } = await request.json();
      const agent = anAgent(`agent-${fake.agents.length + 1}`, { ...aConfig, ...config });
      fake.agents = [...fake.agents, agent];
      return HttpResponse.json(agent, { status: 201 });
    }),
    http.get(one, ({ params }) => found(fake.agent(params.agent), "agent_not_found")),
    http.get("/v1/sign-in", () =>
      HttpResponse.json({ required: true, set_up: false, password: true, oidc: null }),
    ),
    http.patch<
      { agent: string },
      { agent_config?: AgentConfigPatch; visibility?: Agent["visibility"] }
    >(one, async ({ params, request }) => {
      const { agent_config: patch = {}, visibility } = await request.json();
      fake.agents = fake.agents.map((agent) =>
        agent.agent_id === params.agent
          ? {
              ...agent,
              visibility: visibility ?? agent.visibility,
              agent_config: { ...agent.agent_config, ...patch } as Agent["agent_config"],
            }
          : agent,
      );
      return found(fake.agent(params.agent), "agent_not_found");
    }),
    http.delete(one, ({ params }) => {
      fake.agents = fake.agents.filter((agent) => agent.agent_id !== params.agent);
      return new HttpResponse(null, { status: 204 });
    }),
  ];
}

function sessionHandlers(fake: FakeServer) {
  const one = "/v1/agents/:agent/session/:session";
  return [
    http.get("/v1/agents/:agent/sessions", ({ params, request }) =>
      HttpResponse.json(pageOf(fake, params.agent, new URL(request.url).searchParams)),
    ),
    http.get("/v1/agents/:agent/events", ({ request }) => fake.changes(request.signal)),
    http.get(one, ({ params }) => found(fake.session(params.session), "session_not_found")),
    http.patch<{ agent: string; session: string }, SessionPatch>(
      one,
      async ({ params, request }) => {
        fake.change(params.session, await request.json());
        return found(fake.session(params.session), "session_not_found");
      },
    ),
    http.delete(one, ({ params }) => {
      fake.remove(params.session);
      return new HttpResponse(null, { status: 204 });
    }),
    http.post<{ agent: string; session: string }, { session_name: string }>(
      `${one}/fork`,
      async ({ params, request }) =>
        HttpResponse.json(fake.fork(params.session, await request.json())),
    ),
    http.post<never, Batch>("/v1/agents/:agent/sessions/batch", async ({ request }) =>
      HttpResponse.json(batch(fake, await request.json())),
    ),
    http.get(`${one}/turns`, () =>
      HttpResponse.json({ turns: [], has_more: false, next_cursor: null, siblings: {} }),
    ),
  ];
}

const CHANGES: Readonly<Record<string, Partial<Session>>> = {
  pin: { pinned: true },
  unpin: { pinned: false },
  archive: { archived: true },
  unarchive: { archived: false },
};

/** One thing done to each. */
interface Batch {
  readonly ids: readonly string[];
  readonly op: string;
  readonly tags?: readonly string[];
}

function batch(fake: FakeServer, { ids, op, tags = [] }: Batch) {
  const retagged = (id: string) => {
    const others = (fake.session(id)?.tags ?? []).filter((tag) => !tags.includes(tag));
    return { tags: op === "tag" ? [...others, ...tags] : others };
  };
  const one = (id: string) => {
    const isThere = fake.session(id) !== undefined;
    if (op === "delete") fake.remove(id);
    else fake.change(id, op.endsWith("tag") ? retagged(id) : (CHANGES[op] ?? {}));
    const code = isThere ? null : "session_not_found";
    return { session_id: id, is_done: isThere, code, detail: code };
  };
  return { outcomes: ids.map(one) };
}

function trashHandlers(fake: FakeServer) {
  const take = (id: unknown) => {
    const trashed = fake.trash.find(({ session }) => session.session_id === id);
    fake.trash = fake.trash.filter((other) => other !== trashed);
    return trashed?.session;
  };
  return [
    http.get("/v1/trash", ({ request }) => {
      const query = new URL(request.url).searchParams;
      const start = Number(query.get("cursor") ?? 0);
      const end = start + Number(query.get("limit"));
      const hasMore = end < fake.trash.length;
      return HttpResponse.json({
        trash: fake.trash.slice(start, end),
        has_more: hasMore,
        next_cursor: hasMore ? String(end) : null,
      });
    }),
    http.post("/v1/trash/:session/restore", ({ params }) => {
      const session = take(params.session);
      if (session !== undefined) fake.sessions = [session, ...fake.sessions];
      return found(session, "session_not_found");
    }),
    http.delete("/v1/trash/:session", ({ params }) =>
      take(params.session) === undefined
        ? problem(404, "session_not_found", "It is not there.")
        : new HttpResponse(null, { status: 204 }),
    ),
  ];
}

function found(value: Agent | Session | undefined, code: string) {
  return value === undefined ? problem(404, code, "It is not there.") : HttpResponse.json(value);
}

function pageOf(fake: FakeServer, agentId: unknown, query: URLSearchParams) {
  const is = (name: string, value: boolean, unnamed: string) => {
    const wanted = query.get(name) ?? unnamed;
    return wanted === "any" || wanted === String(value);
  };
  const tag = query.get("tag");
  const words = (query.get("q") ?? "").toLowerCase();
  const fitting = fake.sessions.filter(
    (session) =>
      session.agent_id === agentId &&
      is("archived", session.archived, "false") &&
      is("pinned", session.pinned, "any") &&
      (tag === null || hasTag(session.tags, tag)) &&
      session.session_name.toLowerCase().includes(words),
  );
  const start = Number(query.get("cursor") ?? 0);
  const end = start + Number(query.get("limit") ?? 50);
  const hasMore = end < fitting.length;
  return {
    sessions: fitting.slice(start, end),
    has_more: hasMore,
    next_cursor: hasMore ? String(end) : null,
  };
}
