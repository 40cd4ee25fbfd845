import { describe, expect, it } from "vitest";

import { ApiError } from "@/api/errors";

import { advance, type OutboxEntry, type OutboxEvent, sendErrorOf } from "./outbox-entry";

const ERROR = sendErrorOf(new ApiError({ status: 503, code: "overloaded" }));
const QUEUED: OutboxEntry = {
  key: "k1",
  agentId: "a1",
  sessionId: "s1",
  messages: [{ role: "user", content: "Hello" }],
  uploads: [],
  beside: null,
  state: "queued",
  attempt: 0,
  retryAt: null,
  turnId: null,
  error: null,
  createdAt: 0,
};
const SENT: OutboxEvent = { type: "sent" };
const POSTPONED: OutboxEvent = { type: "postponed", error: ERROR, retryAt: 5000 };
const GIVEN_UP: OutboxEvent = { type: "given_up", error: ERROR };
const ACCEPTED: OutboxEvent = { type: "accepted", turnId: "t1" };
const RETRIED: OutboxEvent = { type: "retried" };

const after = (...events: readonly OutboxEvent[]) => events.reduce(advance, QUEUED);

describe("a message on its way", () => {
  it("is accepted once the server has it", () => {
    expect(after(SENT, ACCEPTED)).toMatchObject({ state: "accepted", turnId: "t1", error: null });
  });

  it("waits after trouble that passes, and remembers it and its tries", () => {
    const entry = after(SENT, POSTPONED);
    expect(entry).toMatchObject({ state: "queued", attempt: 1, retryAt: 5000, error: ERROR });
    expect(advance(entry, SENT)).toMatchObject({ state: "sending", attempt: 2, retryAt: null });
  });

  it("counts its tries anew when somebody asks for it", () => {
    const failed = after(SENT, POSTPONED, SENT, GIVEN_UP);
    expect(failed).toMatchObject({ state: "failed_to_send", attempt: 2, error: ERROR });
    expect(advance(failed, RETRIED)).toMatchObject({ state: "queued", attempt: 0, error: null });
  });

  it("keeps its key through all of it", () => {
    expect(after(SENT, POSTPONED, SENT, GIVEN_UP, RETRIED, SENT, ACCEPTED).key).toBe("k1");
  });

  it("is not changed by what cannot happen to it", () => {
    const accepted = after(SENT, ACCEPTED);
    for (const event of [SENT, POSTPONED, GIVEN_UP, RETRIED]) {
      expect(advance(accepted, event)).toBe(accepted);
    }
    expect(advance(QUEUED, ACCEPTED)).toBe(QUEUED);
  });
});

describe("an error", () => {
  it.each([
    [0, "unreachable", true],
    [429, "rate_limited", true],
    [503, "overloaded", true],
    [409, "session_busy", true],
    [409, "idempotency_mismatch", false],
    [404, "session_not_found", false],
    [413, "too_large", false],
  ])("%i %s may pass: %s", (status, code, isRetryable) => {
    expect(sendErrorOf(new ApiError({ status, code })).isRetryable).toBe(isRetryable);
  });

  it("can be stored", () => {
    expect(structuredClone(ERROR)).toEqual(ERROR);
  });
});
