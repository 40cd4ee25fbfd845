import { http, HttpResponse } from "msw";
import { afterEach, describe, expect, it, vi } from "vitest";

import { ApiError } from "@/api/errors";
import type { FileAttachment, UserMessage } from "@/api/types";
import { openRecords } from "@/storage/record-store";
import { problem } from "@/testing/fake-server";
import { server } from "@/testing/server";
import { aSession, aTurn } from "@/testing/values";

import { Outbox, type OutboxOptions } from "./outbox";
import type { OutboxEntry } from "./outbox-entry";

const says = (content: string): UserMessage[] => [{ role: "user", content }];

interface Posted {
  readonly key: string;
  readonly sessionId: string;
  readonly text: string;
  readonly files?: readonly FileAttachment[];
}

/** A server that takes turns; before that it gives these answers, one for each try. */
function takesTurns(...before: readonly (() => Response | Promise<Response>)[]) {
  const posted: Posted[] = [];
  const sessions: string[] = [];
  const left = [...before];
  server.use(
    http.post("/v1/agents/a1/session", () => {
      const session = aSession(`made-${sessions.length + 1}`, { agent_id: "a1" });
      sessions.push(session.session_id);
      return HttpResponse.json(session, { status: 201 });
    }),
    http.post<{ session: string }, { messages: { content: string; files?: FileAttachment[] }[] }>(
      "/v1/agents/a1/session/:session/turn",
      async ({ request, params }) => {
        const { messages } = await request.json();
        const key = request.headers.get("Idempotency-Key") ?? "";
        const { content: text, ...more } = messages[0]!;
        posted.push({
          key,
          sessionId: params.session,
          text,
          ...(more.files && { files: more.files }),
        });
        const answer = left.shift();
        if (answer) return answer();
        const turn = aTurn({ turn_id: `turn of ${key}`, session_id: params.session });
        return HttpResponse.json(turn, { status: 202 });
      },
    ),
  );
  return { posted, sessions, texts: () => posted.map(({ text }) => text) };
}

const records = openRecords<OutboxEntry>("outbox");

function outbox(options: Partial<OutboxOptions> = {}) {
  const pauses: number[] = [];
  const made = new Outbox({
    records,
    files: { done: () => Promise.reject(new Error("no file was sent")), retry: () => undefined },
    onSession: () => undefined,
    onAccepted: () => undefined,
    onSentElsewhere: () => undefined,
    pause: (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    },
    ...options,
  });
  return Object.assign(made, { pauses });
}

function promised() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((keep) => (resolve = keep));
  return { promise, resolve: () => resolve() };
}

/** A pause that ends when somebody ends it. */
function waitingOutbox() {
  const { promise: waiting, resolve: isWaiting } = promised();
  const box = outbox({
    pause: (_, signal) => {
      isWaiting();
      return new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(new Error("woken")));
      });
    },
  });
  return { box, waiting };
}

const trouble =
  (status: number, code = "trouble") =>
  () =>
    problem(status, code, "It broke.");

afterEach(async () => {
  for (const { key } of await records.all()) await records.delete(key);
});

describe("a message that is stopped while it is sent", () => {
  /** One whose answer comes when the test says so; it is being sent. */
  async function onItsWay(answer?: () => Response) {
    const [{ promise: isThere, resolve: arrive }, { promise, resolve: reply }] = [
      promised(),
      promised(),
    ];
    const { posted } = takesTurns(async () => {
      arrive();
      await promise;
      return (
        answer?.() ??
        HttpResponse.json(aTurn({ turn_id: "t1", session_id: "s1", status: "running" }))
      );
    });
    const accepted: string[] = [];
    const box = outbox({ onAccepted: (_, { status }) => accepted.push(status) });
    const sent = box.send("a1", "s1", says("Hello"));
    await isThere;
    return { box, sent, reply, posted, accepted };
  }

  const cancels = (answer: () => Response) =>
    server.use(http.post("/v1/agents/a1/session/s1/turn/t1/cancel", answer));

  it("is cancelled as soon as its turn is known", async () => {
    cancels(() =>
      HttpResponse.json(aTurn({ turn_id: "t1", session_id: "s1", status: "cancelled" })),
    );
    const { box, sent, reply, posted, accepted } = await onItsWay();
    const stopped = box.stop(box.entries()[0]!);
    expect(box.entries()).toMatchObject([{ state: "sending", isUnwanted: true }]);
    reply();
    expect(await stopped).toMatchObject({ state: "accepted", turnId: "t1", isUnwanted: true });
    expect(await sent).toEqual(await stopped);
    expect(accepted).toEqual(["cancelled"]);
    expect(posted).toHaveLength(1);
  });

  it("says so when its turn could not be stopped", async () => {
    cancels(trouble(409, "conflict"));
    const { box, reply, accepted } = await onItsWay();
    const stopped = box.stop(box.entries()[0]!);
    reply();
    expect(await stopped).toMatchObject({ state: "accepted", turnId: "t1", isUnwanted: false });
    expect(accepted).toEqual(["running"]);
  });

  it.each([
    [503, trouble(503, "overloaded")],
    [0, () => HttpResponse.error()],
  ])("is not sent once more after %i, and can be written anew", async (status, answer) => {
    const { box, reply, posted } = await onItsWay(answer);
    const stopped = box.stop(box.entries()[0]!);
    reply();
    const entry = await stopped;
    expect(entry).toMatchObject({ state: "failed_to_send", isUnwanted: true, error: { status } });
    expect(posted).toHaveLength(1);
    expect(box.discard(entry.key)).toEqual(entry);
  });

  it("does not go out at all when its session was only being made", async () => {
    const { posted } = takesTurns();
    const { promise: isThere, resolve: arrive } = promised();
    const { promise, resolve: reply } = promised();
    server.use(
      http.post("/v1/agents/a1/session", async () => {
        arrive();
        await promise;
        return HttpResponse.json(aSession("made", { agent_id: "a1" }), { status: 201 });
      }),
    );
    const box = outbox();
    void box.send("a1", null, says("Hello"));
    await isThere;
    const stopped = box.stop(box.entries()[0]!);
    reply();
    expect(await stopped).toMatchObject({ state: "failed_to_send", sessionId: "made" });
    expect(posted).toEqual([]);
  });
});

describe("a message", () => {
  it("is accepted under the key it was sent with, and then stored no more", async () => {
    const { posted } = takesTurns();
    const accepted = await outbox().send("a1", "s1", says("Hello"));
    expect(accepted).toMatchObject({ state: "accepted", turnId: `turn of ${accepted.key}` });
    expect(posted).toEqual([{ key: accepted.key, sessionId: "s1", text: "Hello" }]);
    await expect.poll(() => records.all()).toEqual([]);
  });

  it("is stored before it is sent", async () => {
    let stored: readonly OutboxEntry[] = [];
    takesTurns(async () => {
      stored = await records.all();
      return problem(400, "invalid_request", "No.");
    });
    await outbox().send("a1", "s1", says("Hello"));
    expect(stored).toMatchObject([{ messages: says("Hello") }]);
  });

  it("is shown at once, and until the turn that it became is", async () => {
    takesTurns();
    const box = outbox();
    const sending = box.send("a1", "s1", says("Hello"));
    expect(box.entries()).toMatchObject([{ state: "queued" }]);
    const { key } = await sending;
    expect(box.entries()).toMatchObject([{ key, state: "accepted" }]);
    expect(box.keyOf(`turn of ${key}`)).toBe(key);
    box.release(key);
    expect(box.entries()).toEqual([]);
  });

  it("is sent once more under the same key after trouble of the server, and then again", async () => {
    const { posted } = takesTurns(trouble(503), trouble(500));
    const box = outbox();
    const { key, state } = await box.send("a1", "s1", says("Hello"));
    expect(state).toBe("accepted");
    expect(posted.map((post) => post.key)).toEqual([key, key, key]);
    expect(box.pauses).toHaveLength(2);
  });

  it("is given up after three retries, and kept", async () => {
    const { posted } = takesTurns(...Array.from({ length: 9 }, () => trouble(502)));
    const box = outbox();
    const failed = await box.send("a1", "s1", says("Hello"));
    expect(posted).toHaveLength(4);
    expect(failed).toMatchObject({
      state: "failed_to_send",
      attempt: 4,
      error: { status: 502, isRetryable: true },
    });
    expect(await records.all()).toMatchObject([{ state: "failed_to_send" }]);
  });

  it("waits for a server that is away, however long it is", async () => {
    const { posted } = takesTurns(...Array.from({ length: 9 }, () => () => HttpResponse.error()));
    const box = outbox();
    expect(await box.send("a1", "s1", says("Hello"))).toMatchObject({ state: "accepted" });
    expect(new Set(posted.map((post) => post.key)).size).toBe(1);
    expect(box.pauses).toHaveLength(9);
    expect(Math.max(...box.pauses)).toBeLessThan(20_000);
  });

  it("that the server refuses is not sent again by itself", async () => {
    const { posted } = takesTurns(trouble(404, "session_not_found"));
    const failed = await outbox().send("a1", "s1", says("Hello"));
    expect(posted).toHaveLength(1);
    expect(failed).toMatchObject({
      state: "failed_to_send",
      error: { code: "session_not_found", isRetryable: false },
    });
  });

  it("waits as long as a 429 asks, as often as it asks", async () => {
    const slowly = () => problem(429, "rate_limited", "Slowly.", { retry_after: 9 });
    takesTurns(...Array.from({ length: 6 }, () => slowly));
    const box = outbox();
    expect(await box.send("a1", "s1", says("Hello"))).toMatchObject({ state: "accepted" });
    expect(box.pauses).toHaveLength(6);
    expect(Math.min(...box.pauses)).toBeGreaterThan(8500);
  });

  it("is sent again when somebody asks for it", async () => {
    const { posted } = takesTurns(trouble(400));
    const box = outbox();
    const { key } = await box.send("a1", "s1", says("Hello"));
    box.retry(key);
    await expect.poll(() => box.entries()).toMatchObject([{ key, state: "accepted" }]);
    expect(posted.map((post) => post.key)).toEqual([key, key]);
  });

  it("that waits is sent at once when somebody asks for it", async () => {
    takesTurns(trouble(503));
    const { box, waiting } = waitingOutbox();
    const sending = box.send("a1", "s1", says("Hello"));
    await waiting;
    box.retry(box.entries()[0]!.key);
    expect(await sending).toMatchObject({ state: "accepted" });
  });

  it("that waits can be discarded, and is not sent then", async () => {
    const { posted } = takesTurns(trouble(503));
    const { box, waiting } = waitingOutbox();
    const sending = box.send("a1", "s1", says("Hello"));
    await waiting;
    box.discard(box.entries()[0]!.key);
    await sending;
    expect(box.entries()).toEqual([]);
    await expect.poll(() => records.all()).toEqual([]);
    expect(posted).toHaveLength(1);
  });
});

describe("messages of one session", () => {
  it("go one after the other, in the order they were written", async () => {
    const { texts } = takesTurns(trouble(503));
    const box = outbox();
    const all = ["one", "two", "three"].map((text) => box.send("a1", "s1", says(text)));
    await Promise.all(all);
    expect(texts()).toEqual(["one", "one", "two", "three"]);
  });

  it("do not wait for one that was refused", async () => {
    const { texts } = takesTurns(trouble(400));
    const box = outbox();
    await Promise.all([box.send("a1", "s1", says("one")), box.send("a1", "s1", says("two"))]);
    expect(texts()).toEqual(["one", "two"]);
  });
});

describe("a message without a session", () => {
  it("makes one on its way, and tells of it", async () => {
    const { posted, sessions } = takesTurns();
    const onSession = vi.fn();
    const box = outbox({ onSession });
    const listener = vi.fn();
    box.onSessionMade(listener);
    const accepted = await box.send("a1", null, says("Hello"));
    expect(accepted.sessionId).toBe("made-1");
    expect(posted).toMatchObject([{ sessionId: "made-1" }]);
    expect(sessions).toHaveLength(1);
    expect(onSession).toHaveBeenCalledOnce();
    expect(listener).toHaveBeenCalledOnce();
  });

  it("makes only one, for itself and for what was written right after it", async () => {
    const { posted, sessions } = takesTurns();
    const box = outbox();
    await Promise.all([box.send("a1", null, says("one")), box.send("a1", null, says("two"))]);
    expect(sessions).toEqual(["made-1"]);
    expect(posted.map(({ sessionId }) => sessionId)).toEqual(["made-1", "made-1"]);
  });

  it("does not make another when its turn has to be tried again", async () => {
    const { sessions } = takesTurns(trouble(503));
    await outbox().send("a1", null, says("Hello"));
    expect(sessions).toHaveLength(1);
  });

  it("goes before what is written to that session once it is there", async () => {
    const { texts } = takesTurns();
    const box = outbox();
    const first = box.send("a1", null, says("one"));
    const second = box.send("a1", null, says("two"));
    box.onSessionMade(({ session_id }) => void box.send("a1", session_id, says("three")));
    await Promise.all([first, second]);
    await expect.poll(texts).toEqual(["one", "two", "three"]);
  });

  it("is another one once the first has its session", async () => {
    const { sessions } = takesTurns();
    const box = outbox();
    await box.send("a1", null, says("one"));
    await box.send("a1", null, says("two"));
    expect(sessions).toEqual(["made-1", "made-2"]);
  });
});

describe("a page that was closed", () => {
  const left = (values: Partial<OutboxEntry>): OutboxEntry => ({
    key: "k1",
    agentId: "a1",
    sessionId: "s1",
    messages: says("Hello"),
    uploads: [],
    beside: null,
    state: "sending",
    attempt: 1,
    retryAt: null,
    turnId: null,
    error: null,
    createdAt: 1,
    ...values,
  });

  it("leaves what it was sending to the next one, in the order it was written", async () => {
    const { posted } = takesTurns();
    await records.put("k2", left({ key: "k2", createdAt: 1, messages: says("first") }));
    await records.put("k1", left({ key: "k1", createdAt: 2, messages: says("second") }));
    await outbox().recover();
    await expect.poll(() => posted.map(({ key }) => key)).toEqual(["k2", "k1"]);
  });

  it("leaves what was refused to be seen, not to be sent", async () => {
    const { posted } = takesTurns();
    await records.put("k1", left({ state: "failed_to_send" }));
    const box = outbox();
    await box.recover();
    expect(box.entries()).toMatchObject([{ key: "k1", state: "failed_to_send" }]);
    await box.send("a1", "s1", says("after"));
    expect(posted).toHaveLength(1);
  });

  it("leaves what was refused here and sent by another page, and what was refused by both", async () => {
    const { posted } = takesTurns(trouble(400), trouble(400));
    const onSentElsewhere = vi.fn();
    const [one, other] = [outbox({ onSentElsewhere }), outbox()];
    const sent = await one.send("a1", "s1", says("Hello"));
    await one.send("a1", "s2", says("No"));
    expect(one.entries()).toMatchObject([{ state: "failed_to_send" }, { state: "failed_to_send" }]);
    await other.recover();
    other.retry(sent.key);
    await expect.poll(() => posted).toHaveLength(3);
    await expect.poll(() => records.all()).toHaveLength(1);
    await one.recover();
    expect(one.entries()).toMatchObject([{ sessionId: "s2", state: "failed_to_send" }]);
    expect(onSentElsewhere).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ key: sent.key }),
    );
  });

  it("is not sent twice by two pages that both find it", async () => {
    const { posted } = takesTurns();
    await records.put("k1", left({}));
    const sentElsewhere = vi.fn();
    const one = outbox({ onSentElsewhere: sentElsewhere });
    const other = outbox({ onSentElsewhere: sentElsewhere });
    giveLocks();
    await Promise.all([one.recover(), other.recover()]);
    await expect.poll(() => sentElsewhere.mock.calls.length).toBe(1);
    expect(posted).toHaveLength(1);
  });
});

/** Web Locks, which jsdom has not: one holder of a name at a time. */
function giveLocks(): void {
  const held = new Map<string, Promise<unknown>>();
  const request = (name: string, work: () => Promise<void>) => {
    const turn = (held.get(name) ?? Promise.resolve()).then(work, work);
    held.set(name, turn);
    return turn;
  };
  vi.stubGlobal("navigator", { onLine: true, locks: { request } });
}

describe("without a network", () => {
  it("a message waits, and goes when there is one", async () => {
    const { posted } = takesTurns();
    const online = vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    const box = outbox();
    const sending = box.send("a1", "s1", says("Hello"));
    await expect.poll(() => records.all()).toHaveLength(1);
    expect(posted).toEqual([]);
    online.mockReturnValue(true);
    dispatchEvent(new Event("online"));
    expect(await sending).toMatchObject({ state: "accepted" });
  });
});

describe("a message with files", () => {
  const file = (n: number) => ({
    file_id: `file-${n}`,
    name: `${n}.txt`,
    type: "text/plain",
    size: 3,
  });
  const refused = new ApiError({ status: 415, code: "unsupported_file", detail: "No." });

  /** Uploads that are done when the test says so. */
  function pendingFiles() {
    const asked: {
      key: string;
      resolve: (file: FileAttachment) => void;
      reject: (error: Error) => void;
    }[] = [];
    const retried: unknown[] = [];
    const files = {
      done: (key: string) =>
        new Promise<FileAttachment>((resolve, reject) => asked.push({ key, resolve, reject })),
      retry: (...again: unknown[]) => void retried.push(again),
    };
    return { files, asked, retried };
  }

  it("goes out when they are with the server, and names them", async () => {
    const server = takesTurns();
    const { files, asked } = pendingFiles();
    const box = outbox({ files });
    const sent = box.send("a1", null, says("Look"), { uploads: ["f1", "f2"] });
    await expect.poll(() => asked.map(({ key }) => key)).toEqual(["f1", "f2"]);
    asked[1]!.resolve(file(2));
    expect(box.entries()).toMatchObject([{ state: "queued" }]);
    expect(server.sessions).toEqual([]);
    asked[0]!.resolve(file(1));
    const { messages } = await sent;
    expect(messages).toEqual([{ role: "user", content: "Look", files: [file(1), file(2)] }]);
    expect(server.posted).toMatchObject([{ text: "Look", files: [file(1), file(2)] }]);
  });

  it("is not sent when the server refuses one, and says why", async () => {
    const server = takesTurns();
    const { files, asked, retried } = pendingFiles();
    const box = outbox({ files });
    const sent = box.send("a1", "s1", says("Look"), { uploads: ["f1"] });
    await expect.poll(() => asked.length).toBe(1);
    asked[0]!.reject(refused);
    expect(await sent).toMatchObject({ state: "failed_to_send", error: { detail: "No." } });
    expect(server.posted).toEqual([]);
    box.retry((await sent).key);
    await expect.poll(() => asked.length).toBe(2);
    expect(retried).toEqual([["f1", false]]);
  });

  it("can be taken back while they are on their way, and stays so", async () => {
    const server = takesTurns();
    const { files, asked } = pendingFiles();
    const box = outbox({ files });
    const sent = box.send("a1", "s1", says("Look"), { uploads: ["f1"] });
    await expect.poll(() => asked.length).toBe(1);
    const [entry] = box.entries();
    expect(box.discard(entry!.key)).toMatchObject({ uploads: ["f1"] });
    await sent;
    asked[0]!.resolve(file(1));
    await box.send("a1", "s1", says("next"));
    expect(server.texts()).toEqual(["next"]);
    expect(await records.all()).toEqual([]);
  });

  it("sends one anew that the server has forgotten", async () => {
    takesTurns(trouble(404, "file_not_found"));
    const { files, asked, retried } = pendingFiles();
    const box = outbox({ files });
    const sent = box.send("a1", "s1", says("Look"), { uploads: ["f1"] });
    await expect.poll(() => asked.length).toBe(1);
    asked[0]!.resolve(file(1));
    const { key, state } = await sent;
    expect(state).toBe("failed_to_send");
    box.retry(key);
    expect(retried).toEqual([["f1", true]]);
    await expect.poll(() => asked.length).toBe(2);
    asked[1]!.resolve(file(2));
    await expect
      .poll(() => box.entries())
      .toMatchObject([{ state: "accepted", messages: [{ files: [file(2)] }] }]);
  });
});
