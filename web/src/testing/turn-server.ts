/**
 * The turns of a server in memory, by the contract. The test plays the agent: it says what happens
 * in a turn, and everyone who follows it hears of it.
 *
 * The rule it keeps: what is stored is the fold of what was said, as on the real server.
 */
import { http, HttpResponse } from "msw";

import type { TurnEvent } from "@/api/events";
import type {
  Agent,
  Decision,
  Feedback,
  InferenceStep,
  Session,
  ToolCall,
  Turn,
  UserMessage,
} from "@/api/types";
import { foldTurn } from "@/turn/turn-reducer";

import { Line } from "./event-streams";
import { problem } from "./fake-server";
import { server } from "./server";
import { anAgent, anAnswer, anInference, aSession, aServerConfig, aTurn } from "./values";

export const AT = "2025-06-12T12:00:00.000000Z";
const TURN = "/v1/agents/:agent/session/:session/turn";

interface Posted {
  readonly key: string | null;
  readonly messages: readonly UserMessage[];
  /** After which turn; after the last of the active branch when it is not said. */
  readonly parent?: string | null | undefined;
}

export class TurnServer {
  /** Of all branches, in the order in which they were begun. */
  turns: readonly Turn[];
  /** The end of the active branch. */
  activeId: string | undefined;
  readonly posted: Posted[] = [];
  readonly cancelled: string[] = [];
  /** Answer that a turn cannot be stopped; how often that was said. */
  refusesToStop = false;
  stopsRefused = 0;
  /** What was decided about which calls. */
  readonly decided: ({ readonly call_id: string } & Decision)[] = [];
  agents: readonly Agent[] = [anAgent()];
  sessions: readonly Session[] = [];
  /** Answers to give to the next posts of turns instead of taking them. */
  readonly refusals: (Response | Promise<Response>)[] = [];
  /** Answer a post of a turn, which is taken at once, no sooner than this. */
  slowness: Promise<void> = Promise.resolve();
  /** Answers to give to the next who ask for the list of turns. */
  readonly listings: Response[] = [];
  readonly #lines = new Map<string, Line[]>();
  readonly #parents = new Map<string, string | null>();

  constructor(turns: readonly Turn[] = []) {
    this.turns = turns;
    this.activeId = turns.at(-1)?.turn_id;
    server.use(...handlers(this));
  }

  turn(id: unknown): Turn {
    const turn = this.turns.find((one) => one.turn_id === id);
    if (turn === undefined) throw new Error(`there is no turn ${String(id)}`);
    return turn;
  }

  get last(): Turn {
    return this.turn(this.turns.at(-1)?.turn_id);
  }

  /** What leads to the end of the active branch, oldest first. */
  get branch(): readonly Turn[] {
    const found: Turn[] = [];
    for (let id = this.activeId ?? null; id !== null; id = this.parentOf(this.turn(id)))
      found.unshift(this.turn(id));
    return found;
  }

  /** Turns that were there before have the one before them. */
  parentOf(turn: Turn): string | null {
    const known = this.#parents.get(turn.turn_id);
    return known === undefined
      ? (this.turns[this.turns.indexOf(turn) - 1]?.turn_id ?? null)
      : known;
  }

  siblingsOf(turn: Turn): readonly string[] {
    const parent = this.parentOf(turn);
    return this.turns.filter((one) => this.parentOf(one) === parent).map((one) => one.turn_id);
  }

  /** What was said of turns, in order; null was taken back. */
  readonly rated: (Feedback | null)[] = [];

  rate(turnId: string, feedback: Feedback | null): void {
    this.rated.push(feedback);
    this.turns = this.turns.map((one) => (one.turn_id === turnId ? { ...one, feedback } : one));
  }

  /** Switch to the branch through a turn, up to its newest end. */
  switchTo(turnId: string): void {
    const next = this.turns.findLast((one) => this.parentOf(one) === turnId);
    this.activeId = turnId;
    if (next) this.switchTo(next.turn_id);
  }

  /** Delete a turn and what comes after it; what is left is where it began. */
  erase(turnId: string): void {
    const parent = this.parentOf(this.turn(turnId));
    for (const one of this.turns) this.#parents.set(one.turn_id, this.parentOf(one));
    const isGone = (id: string | null): boolean =>
      id !== null && (id === turnId || isGone(this.#parents.get(id) ?? null));
    this.turns = this.turns.filter((one) => !isGone(one.turn_id));
    this.activeId = this.turns.findLast((one) => this.parentOf(one) === parent)?.turn_id;
    if (this.activeId !== undefined) this.switchTo(this.activeId);
    else if (parent !== null) this.activeId = parent;
  }

  /** Take a message, and begin to work on it. */
  accept(posted: Posted, sessionId: string): Turn {
    const known = this.posted.findIndex(({ key }) => key === posted.key);
    if (known !== -1) return this.turn(`t${known + 1}`);
    this.posted.push(posted);
    const n = this.turns.length + 1;
    const parent = posted.parent === undefined ? (this.activeId ?? null) : posted.parent;
    const turn = aTurn({
      parent_turn_id: parent,
      turn_id: `t${n}`,
      session_id: sessionId,
      n,
      status: "running",
      input_messages: posted.messages,
      output_message: anAnswer(""),
      completed_at: null,
      last_event_id: `${n}.1.1`,
    });
    this.#parents.set(turn.turn_id, parent);
    this.turns = [...this.turns, turn];
    this.activeId = turn.turn_id;
    return turn;
  }

  follow(turnId: string, line: Line): void {
    this.#lines.set(turnId, [...(this.#lines.get(turnId) ?? []), line]);
  }

  isFollowed(turnId: string): boolean {
    return this.#lines.has(turnId);
  }

  /** Something happens in a turn; the last one if none is named. */
  happen(payload: TurnEvent, turn = this.last): void {
    const [n, epoch, seq] = (turn.last_event_id ?? "").split(".").map(Number);
    const frame = { id: `${n}.${epoch}.${(seq ?? 0) + 1}`, payload };
    const next = foldTurn(turn, frame);
    this.turns = this.turns.map((one) => (one.turn_id === turn.turn_id ? next : one));
    const lines = this.#lines.get(turn.turn_id) ?? [];
    for (const line of lines) if (!line.isAborted) line.send(frame);
  }

  infer(step_id = "i1"): void {
    const step_type = "inference";
    this.happen({ event_type: "step_start", step_id, step_type, attempt: 1, at: AT, metadata: {} });
  }

  say(text: string, step_id = "i1"): void {
    const delta = { type: "text", text } as const;
    this.happen({ event_type: "step_progress", step_id, step_type: "inference", delta });
  }

  think(text: string, step_id = "i1"): void {
    const delta = { type: "reasoning", text } as const;
    this.happen({ event_type: "step_progress", step_id, step_type: "inference", delta });
  }

  /** End the inference with what it said, and the turn with it. */
  finish(values: Partial<InferenceStep> = {}): void {
    const { turn_id, steps } = this.last;
    const open = steps.findLast((step) => step.step_type === "inference");
    const step_details = anInference({
      turn_id,
      step_id: open?.step_id ?? "i1",
      model_response: { ...(open?.model_response ?? anAnswer("")), stop_reason: "end_of_turn" },
      ...values,
    });
    const { step_id, step_type } = step_details;
    this.happen({ event_type: "step_complete", step_id, step_type, step_details, at: AT });
    this.happen({ event_type: "turn_complete", stop_reason: "end_of_turn", at: AT });
  }

  /** Begin to run a tool, and be lost in the middle of it. */
  loseTool(tool_call: ToolCall): void {
    const step = { step_id: "tool", step_type: "tool_call", attempt: 1, at: AT } as const;
    this.happen({ event_type: "step_start", ...step, tool_call, metadata: {} });
    this.happen({ event_type: "turn_awaiting_input", reason: "unknown_outcome", at: AT });
  }

  /** Go on with what a person has decided about a call. */
  decide(turnId: string, callId: string, decision: "approve" | "deny"): void {
    const turn = this.turn(turnId);
    const step = turn.steps.find(
      (each) => each.step_type === "tool_call" && each.tool_call.call_id === callId,
    );
    const step_id = step?.step_id ?? "";
    const said = { reason: "", tool_call: null, answer: null, grant: null } as const;
    this.happen({ event_type: "turn_resume", at: AT }, turn);
    this.happen(
      { event_type: "step_decided", step_id, decision, ...said, at: AT },
      this.turn(turnId),
    );
  }

  answer(text: string): void {
    this.infer();
    this.say(text);
    this.finish();
  }
}

function handlers(fake: TurnServer) {
  return [
    http.get("/v1/config", () => HttpResponse.json(aServerConfig)),
    http.get("/v1/agents", () =>
      HttpResponse.json({ agents: fake.agents, has_more: false, next_cursor: null }),
    ),
    http.get("/v1/tools", () => HttpResponse.json({ tools: [] })),
    http.get("/v1/agents/:agent/sessions", () =>
      HttpResponse.json({ sessions: [], has_more: false, next_cursor: null }),
    ),
    http.get("/v1/agents/:agent/session/:session", ({ params }) => {
      const session = fake.sessions.find((one) => one.session_id === params.session);
      return session
        ? HttpResponse.json(session)
        : problem(404, "session_not_found", "There is no such session.");
    }),
    http.post("/v1/agents/:agent/session", () => {
      const session = aSession("s1", { turn_count: 0 });
      fake.sessions = [...fake.sessions, session];
      return HttpResponse.json(session, { status: 201 });
    }),
    http.patch<never, { active_turn_id?: string }>(
      "/v1/agents/:agent/session/:session",
      async ({ request }) => {
        const { active_turn_id: turnId } = await request.json();
        if (turnId !== undefined) fake.switchTo(turnId);
        return HttpResponse.json(aSession("s1", { turn_count: fake.branch.length }));
      },
    ),
    http.get("/v1/agents/:agent/session/:session/turns", ({ request }) => {
      const page = HttpResponse.json(pageOf(fake, new URL(request.url).searchParams));
      return fake.listings.shift() ?? page;
    }),
    http.post<{ session: string; turn: string }>(`${TURN}/:turn/retry`, ({ params, request }) => {
      const turn = fake.turn(params.turn);
      const messages = turn.input_messages.filter((one) => one.role === "user");
      const key = request.headers.get("Idempotency-Key");
      const posted = { key, messages, parent: fake.parentOf(turn) };
      return HttpResponse.json(fake.accept(posted, params.session), { status: 202 });
    }),
    http.delete<{ turn: string }>(`${TURN}/:turn`, ({ params }) => {
      fake.erase(params.turn);
      return new HttpResponse(null, { status: 204 });
    }),
    http.post<{ session: string }, { messages: UserMessage[]; parent_turn_id?: string | null }>(
      TURN,
      async ({ request, params }) => {
        const refusal = fake.refusals.shift();
        if (refusal) return refusal;
        const { messages, parent_turn_id: parent } = await request.json();
        const posted = { key: request.headers.get("Idempotency-Key"), messages, parent };
        const turn = fake.accept(posted, params.session);
        await fake.slowness;
        return HttpResponse.json(turn, { status: 202 });
      },
    ),
    http.get<{ turn: string }>(`${TURN}/:turn/events`, ({ params, request }) => {
      const line = new Line(request.signal);
      fake.follow(params.turn, line);
      return line.response;
    }),
    http.post<{ turn: string }, { call_id: string } & Decision>(
      `${TURN}/:turn/decision`,
      async ({ params, request }) => {
        const refusal = fake.refusals.shift();
        if (refusal) return refusal;
        const decided = await request.json();
        fake.decided.push(decided);
        fake.decide(params.turn, decided.call_id, decided.decision);
        return HttpResponse.json(fake.turn(params.turn), { status: 202 });
      },
    ),
    http.put<{ turn: string }, Feedback>(`${TURN}/:turn/feedback`, async ({ params, request }) => {
      const feedback = await request.json();
      fake.rate(params.turn, feedback);
      return HttpResponse.json(feedback);
    }),
    http.delete<{ turn: string }>(`${TURN}/:turn/feedback`, ({ params }) => {
      fake.rate(params.turn, null);
      return new HttpResponse(null, { status: 204 });
    }),
    http.post<{ turn: string }>(`${TURN}/:turn/cancel`, ({ params }) => {
      if (fake.refusesToStop) {
        fake.stopsRefused += 1;
        return problem(409, "conflict", "Not now.");
      }
      fake.cancelled.push(params.turn);
      fake.happen({ event_type: "turn_cancelled", at: AT }, fake.turn(params.turn));
      return HttpResponse.json(fake.turn(params.turn), { status: 202 });
    }),
  ];
}

/** Newest first, as the page asks for them. */
function pageOf(fake: TurnServer, query: URLSearchParams) {
  const turns = fake.branch;
  const start = Number(query.get("cursor") ?? 0);
  const end = start + Number(query.get("limit") ?? 50);
  const hasMore = end < turns.length;
  return {
    turns: turns.toReversed().slice(start, end),
    has_more: hasMore,
    next_cursor: hasMore ? String(end) : null,
    siblings: Object.fromEntries(
      turns
        .map((turn) => [turn.turn_id, fake.siblingsOf(turn)] as const)
        .filter(([, siblings]) => siblings.length > 1),
    ),
  };
}
