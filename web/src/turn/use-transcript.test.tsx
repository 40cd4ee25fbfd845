import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import type { ReactNode } from "react";
import { describe, expect, it } from "vitest";

import type { EventFrame, TurnEvent } from "@/api/events";
import { createQueryClient } from "@/api/query-client";
import type { Turn } from "@/api/types";
import { Line } from "@/testing/event-streams";
import { problem } from "@/testing/fake-server";
import { server } from "@/testing/server";
import { aSession, aTurn } from "@/testing/values";

import { useSend } from "./use-send";
import { useTranscript } from "./use-transcript";
import { useTurn } from "./use-turn";

const AT = "2025-06-12T12:00:00.000000Z";

const queued = (id: string, n: number) =>
  aTurn({
    turn_id: id,
    n,
    session_id: "s1",
    status: "queued",
    completed_at: null,
    last_event_id: `${n}.1.1`,
    output_message: { ...aTurn().output_message, content: "", stop_reason: null },
  });
const done = (id: string, n: number) => aTurn({ turn_id: id, n, session_id: "s1" });

/** A session on a server: its turns newest first in pages of two, a line for each that follows one. */
function aServer(stored: readonly Turn[]) {
  const state = {
    turns: stored,
    lines: new Map<string, Line>(),
    after: [] as (string | null)[],
    pagesAsked: 0,
  };
  server.use(
    http.get("/v1/agents/a1/session/s1/turns", ({ request }) => {
      state.pagesAsked += 1;
      const query = new URL(request.url).searchParams;
      const start = Number(query.get("cursor") ?? 0);
      const turns = state.turns.toReversed().slice(start, start + 2);
      const next = start + 2 < state.turns.length ? String(start + 2) : null;
      return HttpResponse.json({
        turns,
        has_more: next !== null,
        next_cursor: next,
        siblings: {},
      });
    }),
    http.get<{ turn: string }>(
      "/v1/agents/a1/session/s1/turn/:turn/events",
      ({ params, request }) => {
        const line = new Line(request.signal);
        state.lines.set(params.turn, line);
        state.after.push(request.headers.get("Last-Event-ID"));
        return line.response;
      },
    ),
    http.get("/v1/agents/a1/sessions", () =>
      HttpResponse.json({ sessions: [], has_more: false, next_cursor: null }),
    ),
    http.post("/v1/agents/a1/session/s1/turn", () => {
      const n = state.turns.length + 1;
      const turn = queued(`t${n}`, n);
      state.turns = [...state.turns, turn];
      return HttpResponse.json(turn, { status: 202 });
    }),
    http.post("/v1/agents/a1/session", () =>
      HttpResponse.json(aSession("s1", { agent_id: "a1" }), { status: 201 }),
    ),
  );
  return state;
}

function frames(n: number, ...events: readonly TurnEvent[]): readonly EventFrame[] {
  return events.map((payload, place) => ({ id: `${n}.1.${place + 2}`, payload }));
}
const INFERS: TurnEvent = {
  event_type: "step_start",
  step_id: "i1",
  step_type: "inference",
  attempt: 1,
  at: AT,
  metadata: {},
};
const says = (text: string): TurnEvent => ({
  event_type: "step_progress",
  step_id: "i1",
  step_type: "inference",
  delta: { type: "text", text },
});
const STARTS: TurnEvent = { event_type: "turn_start", turn_id: "", session_id: "s1", n: 1, at: AT };
const CANCELLED: TurnEvent = { event_type: "turn_cancelled", at: AT };

function transcript(initial: string | null = "s1") {
  const client = createQueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return renderHook(
    ({ sessionId }) => {
      const made: string[] = [];
      const shown = useTranscript("a1", sessionId);
      const last = shown.rows.findLast((row) => row.kind === "turn")?.turn ?? aTurn();
      return {
        ...shown,
        ...useSend("a1", sessionId, (id) => made.push(id)),
        last: useTurn(last),
        made,
      };
    },
    { wrapper, initialProps: { sessionId: initial } },
  );
}

type Shown = ReturnType<typeof transcript>["result"];

const names = (result: Shown) =>
  result.current.rows.map((row) => (row.kind === "turn" ? row.turn.turn_id : row.entry.state));

describe("a session that is opened", () => {
  it("shows its newest turns, oldest first, and older ones when they are asked for", async () => {
    aServer([done("t1", 1), done("t2", 2), done("t3", 3)]);
    const { result } = transcript();
    await waitFor(() => expect(names(result)).toEqual(["t2", "t3"]));
    expect(result.current.hasOlder).toBe(true);
    act(() => result.current.loadOlder());
    await waitFor(() => expect(names(result)).toEqual(["t1", "t2", "t3"]));
    expect(result.current.hasOlder).toBe(false);
  });

  it("says when it is not there", async () => {
    server.use(
      http.get("/v1/agents/a1/session/s1/turns", () =>
        problem(404, "session_not_found", "It was deleted."),
      ),
    );
    const { result } = transcript();
    await waitFor(() => expect(result.current.error).toMatchObject({ code: "session_not_found" }));
  });

  it("in the middle of an answer goes on with it where the server's snapshot ends", async () => {
    const state = aServer([queued("t1", 1)]);
    const { result } = transcript();
    await waitFor(() => expect(state.after).toEqual(["1.1.1"]));
    expect(result.current.liveTurnId).toBe("t1");
    state.lines.get("t1")?.send(...frames(1, STARTS, INFERS, says("It is "), says("sunny.")));
    await waitFor(() => expect(result.current.last.output_message.content).toBe("It is sunny."));
    expect(result.current.last.status).toBe("running");
  });
});

describe("turns that wait behind one another", () => {
  it("are followed one at a time, each when its time has come", async () => {
    const state = aServer([queued("t1", 1), queued("t2", 2)]);
    const { result } = transcript();
    await waitFor(() => expect(state.lines.has("t1")).toBe(true));
    expect(state.lines.has("t2")).toBe(false);
    state.lines.get("t1")?.send(...frames(1, STARTS, CANCELLED));
    await waitFor(() => expect(state.lines.has("t2")).toBe(true));
    expect(result.current.liveTurnId).toBe("t2");
    expect(state.lines.get("t1")?.isAborted).toBe(true);
  });
});

describe("a session that is left in the middle of an answer", () => {
  it("hangs up, and goes on from what was seen last when it is opened again", async () => {
    const state = aServer([queued("t1", 1)]);
    const { result, rerender } = transcript();
    await waitFor(() => expect(state.lines.has("t1")).toBe(true));
    state.lines.get("t1")?.send(...frames(1, STARTS, INFERS, says("It is ")));
    await waitFor(() => expect(result.current.last.output_message.content).toBe("It is "));
    rerender({ sessionId: null });
    await waitFor(() => expect(state.lines.get("t1")?.isAborted).toBe(true));
    rerender({ sessionId: "s1" });
    expect(result.current.last.output_message.content).toBe("It is ");
    await waitFor(() => expect(state.after).toEqual(["1.1.1", "1.1.4"]));
  });
});

describe("a message that is sent", () => {
  it("is a row at once, and the same row is then its turn", async () => {
    const state = aServer([done("t1", 1)]);
    const { result } = transcript();
    await waitFor(() => expect(names(result)).toEqual(["t1"]));
    const seen: (readonly string[])[] = [];
    let sent: Promise<unknown> = Promise.resolve();
    act(() => {
      sent = result.current.send({ role: "user", content: "And tomorrow?" });
    });
    expect(names(result)).toEqual(["t1", "queued"]);
    const { key } = result.current.rows[1]!;
    await waitFor(() => {
      seen.push(names(result));
      expect(names(result)).toEqual(["t1", "t2"]);
    });
    expect(result.current.rows[1]!.key).toBe(key);
    expect(seen.every((rows) => rows.length === 2)).toBe(true);
    await waitFor(() => expect(state.lines.has("t2")).toBe(true));
    await sent;
  });

  it("without a session makes one, tells of it, and is there already when that is opened", async () => {
    const state = aServer([]);
    const { result, rerender } = transcript(null);
    let sent: Promise<unknown> = Promise.resolve();
    act(() => {
      sent = result.current.send({ role: "user", content: "Hello" });
    });
    expect(names(result)).toEqual(["queued"]);
    const { key } = result.current.rows[0]!;
    await act(() => sent);
    rerender({ sessionId: "s1" });
    await waitFor(() => expect(names(result)).toEqual(["t1"]));
    expect(result.current.rows[0]!.key).toBe(key);
    expect(state.pagesAsked).toBe(0);
  });
});
