import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import { http } from "msw";
import type { ReactNode } from "react";
import { describe, expect, it } from "vitest";

import { problem, serve } from "@/testing/fake-server";
import { server } from "@/testing/server";
import { aSession } from "@/testing/values";

import { createQueryClient } from "./query-client";
import { useDeleteSession, useSession, useSessions, useUpdateSession } from "./session-queries";

function lists() {
  const client = createQueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return renderHook(
    () => ({
      all: useSessions("agent-1", { pinned: false }),
      pinned: useSessions("agent-1", { pinned: true }),
      one: useSession("agent-1", "a"),
      update: useUpdateSession("agent-1"),
      deletes: useDeleteSession("agent-1"),
    }),
    { wrapper },
  );
}

type Lists = ReturnType<typeof lists>["result"];

const shown = ({ current: { all, pinned } }: Lists) => ({
  all: all.data?.map((session) => session.session_name),
  pinned: pinned.data?.map((session) => session.session_name),
});

const SESSIONS = [
  aSession("a", { session_name: "Lisbon" }),
  aSession("b", { session_name: "Porto" }),
];

/** The server thinks until it is asked for its answer, and that is no. */
function refuses(): () => void {
  let answer: () => void = () => undefined;
  const thought = new Promise<void>((resolve) => (answer = resolve));
  server.use(
    http.patch("/v1/agents/:agent/session/:session", async () => {
      await thought;
      return problem(412, "stale", "Somebody else was faster.");
    }),
  );
  return () => answer();
}

describe("a session that is renamed", () => {
  it("has its new name at once, wherever it is shown", async () => {
    const fake = serve({ sessions: SESSIONS });
    const { result } = lists();
    await waitFor(() => expect(shown(result).all).toEqual(["Lisbon", "Porto"]));
    act(() => result.current.update.mutate({ sessionId: "a", patch: { session_name: "Sintra" } }));
    await waitFor(() => expect(shown(result).all).toEqual(["Sintra", "Porto"]));
    expect(result.current.one.data?.session_name).toBe("Sintra");
    await waitFor(() => expect(fake.session("a")?.session_name).toBe("Sintra"));
  });

  it("has its old name again when the server refuses", async () => {
    serve({ sessions: SESSIONS });
    const { result } = lists();
    await waitFor(() => expect(result.current.one.isSuccess).toBe(true));
    const answer = refuses();
    act(() => result.current.update.mutate({ sessionId: "a", patch: { session_name: "Sintra" } }));
    await waitFor(() => expect(result.current.one.data?.session_name).toBe("Sintra"));
    answer();
    await waitFor(() => expect(result.current.update.isError).toBe(true));
    expect(result.current.one.data?.session_name).toBe("Lisbon");
    await waitFor(() => expect(shown(result).all).toEqual(["Lisbon", "Porto"]));
  });
});

describe("a session that is pinned", () => {
  it("moves at once from one list to the other", async () => {
    serve({ sessions: SESSIONS });
    const { result } = lists();
    await waitFor(() => expect(shown(result)).toEqual({ all: ["Lisbon", "Porto"], pinned: [] }));
    act(() => result.current.update.mutate({ sessionId: "b", patch: { pinned: true } }));
    await waitFor(() => expect(shown(result)).toEqual({ all: ["Lisbon"], pinned: ["Porto"] }));
    await waitFor(() => expect(result.current.update.isSuccess).toBe(true));
    expect(shown(result)).toEqual({ all: ["Lisbon"], pinned: ["Porto"] });
  });
});

describe("a session that is deleted", () => {
  const removal = SESSIONS.slice(0, 1);

  it("is gone from the list at once and back when it is undone", async () => {
    const fake = serve({ sessions: SESSIONS });
    const { result } = lists();
    await waitFor(() => expect(shown(result).all).toEqual(["Lisbon", "Porto"]));
    act(() => result.current.deletes.remove(removal));
    expect(shown(result).all).toEqual(["Porto"]);
    expect(result.current.deletes.pending).toEqual([removal]);
    act(() => result.current.deletes.undo(removal));
    expect(shown(result).all).toEqual(["Lisbon", "Porto"]);
    expect(fake.session("a")).toBeDefined();
  });

  it("is gone from the server when the page is left", async () => {
    const fake = serve({ sessions: SESSIONS });
    const { result } = lists();
    await waitFor(() => expect(shown(result).all).toEqual(["Lisbon", "Porto"]));
    act(() => result.current.deletes.remove(removal));
    act(() => void dispatchEvent(new Event("pagehide")));
    await waitFor(() => expect(fake.session("a")).toBeUndefined());
    await waitFor(() => expect(result.current.deletes.pending).toEqual([]));
    expect(shown(result).all).toEqual(["Porto"]);
  });
});
