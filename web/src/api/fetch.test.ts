import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { problem } from "@/testing/fake-server";
import { server } from "@/testing/server";

import { ApiError } from "./errors";
import { fetchOnce, patientFetch, read } from "./fetch";
import { hear, type Word } from "./line";
import { wait } from "./wait";

const URL = "http://localhost:3000/v1/thing";
const request = (init?: RequestInit) => new Request(URL, init);

/** Answers one after the other; the last one again and again. */
function answers(...list: readonly (() => Response)[]): { count: number } {
  const seen = { count: 0 };
  server.use(
    http.all("/v1/thing", () => {
      const answer = list[Math.min(seen.count, list.length - 1)];
      seen.count += 1;
      return answer?.();
    }),
  );
  return seen;
}

const fine = () => HttpResponse.json({});
const trouble = (status: number) => () => problem(status, "trouble", "It broke.");

function patient() {
  const pauses: number[] = [];
  const go = patientFetch((ms) => {
    pauses.push(ms);
    return Promise.resolve();
  });
  return { go, pauses };
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as ApiError,
  );

describe("an error", () => {
  it("says what the server's problem details say", async () => {
    answers(() =>
      problem(400, "unknown_field", "No such field.", {
        request_id: "r7",
        errors: [{ pointer: "/model", detail: "Missing." }],
      }),
    );
    const error = await failure(fetchOnce(request()));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 400,
      code: "unknown_field",
      detail: "No such field.",
      requestId: "r7",
      retryAfter: null,
      fieldErrors: [{ pointer: "/model", detail: "Missing." }],
    });
  });

  it("says what it can of an answer that is no problem details", async () => {
    answers(
      () =>
        new HttpResponse("<h1>Bad gateway</h1>", {
          status: 502,
          headers: { "Content-Type": "text/html", "Retry-After": "3", "X-Request-Id": "r8" },
        }),
    );
    expect(await failure(fetchOnce(request()))).toMatchObject({
      status: 502,
      code: "http_502",
      retryAfter: 3,
      requestId: "r8",
    });
  });

  it("reads a Retry-After that is a date", async () => {
    const later = new Date(Date.now() + 60_000).toUTCString();
    answers(() => new HttpResponse(null, { status: 503, headers: { "Retry-After": later } }));
    const error = await failure(fetchOnce(request()));
    expect(error?.retryAfter).toBeGreaterThan(50);
    expect(error?.retryAfter).toBeLessThanOrEqual(60);
  });

  it("has status 0 when no answer came", async () => {
    answers(() => HttpResponse.error());
    expect(await failure(fetchOnce(request()))).toMatchObject({ status: 0, code: "unreachable" });
  });

  it("is not made of a request that was called off", async () => {
    answers(fine);
    const { signal } = AbortSignalOf("changed my mind");
    expect(await failure(fetchOnce(request({ signal })))).toBe("changed my mind");
  });
});

function AbortSignalOf(reason: unknown) {
  const controller = new AbortController();
  controller.abort(reason);
  return controller;
}

describe("whether the server is there", () => {
  it.each([
    ["answered", fine],
    ["answered", trouble(404)],
    ["answered", trouble(500)],
    ["missed", trouble(502)],
    ["missed", trouble(503)],
    ["missed", () => HttpResponse.error()],
  ] as const)("is told by each request: %s", async (word, answer) => {
    const heard: Word[] = [];
    const stops = (["missed", "answered"] as const).map((one) => hear(one, () => heard.push(one)));
    answers(answer);
    await failure(fetchOnce(request()));
    expect(heard).toEqual([word]);
    for (const stop of stops) stop();
  });
});

describe("a read", () => {
  /** What is sent of the answer when the test says so. */
  function slowly() {
    let body: ReadableStreamDefaultController<Uint8Array> | undefined;
    const stream = new ReadableStream<Uint8Array>({ start: (it) => void (body = it) });
    answers(() => new HttpResponse(stream));
    return {
      say: (text: string) => body?.enqueue(new TextEncoder().encode(text)),
      end: () => body?.close(),
    };
  }

  it("comes as a whole, and says what went wrong as any other", async () => {
    answers(() => HttpResponse.json({ word: "ñandú" }), trouble(404));
    expect(await (await fetchOnce(request(), true)).json()).toEqual({ word: "ñandú" });
    expect(await failure(fetchOnce(request(), true))).toMatchObject({ status: 404 });
  });

  it("is given up when no answer comes", async () => {
    server.use(http.get("/v1/thing", () => new Promise<never>(() => undefined)));
    expect(await failure(read(request(), 50))).toMatchObject({ name: "AbortError" });
  });

  it("is given up when nothing more of the answer comes", async () => {
    const { say } = slowly();
    say("one, ");
    expect(await failure(read(request(), 500))).toMatchObject({ name: "AbortError" });
  });

  it("is waited for as long as something comes", async () => {
    const { say, end } = slowly();
    const answer = read(request(), 4000);
    for (const word of ["one, ", "two, ", "three"]) {
      await wait(2000);
      say(word);
    }
    end();
    expect(await (await answer).text()).toBe("one, two, three");
  });

  it("is called off by whoever asked", async () => {
    slowly();
    const asking = new AbortController();
    const failed = failure(fetchOnce(request({ signal: asking.signal }), true));
    asking.abort("changed my mind");
    expect(await failed).toBe("changed my mind");
  });
});

describe("a request with patience", () => {
  it.each([0, 500, 502, 503, 504])("is tried again after %i", async (status) => {
    answers(status === 0 ? () => HttpResponse.error() : trouble(status), fine);
    const { go, pauses } = patient();
    expect((await go(request())).status).toBe(200);
    expect(pauses).toHaveLength(1);
  });

  it("waits about 1, 2 and 4 seconds, then gives up", async () => {
    const seen = answers(trouble(500));
    const { go, pauses } = patient();
    expect(await failure(go(request()))).toMatchObject({ status: 500 });
    expect(seen.count).toBe(4);
    for (const [place, seconds] of [1, 2, 4].entries()) {
      expect(Math.abs(pauses[place]! / 1000 / seconds - 1)).toBeLessThanOrEqual(0.25);
    }
  });

  it.each([400, 401, 403, 404, 409, 412, 413, 422])(
    "is not tried again after %i",
    async (status) => {
      const seen = answers(trouble(status));
      expect(await failure(patient().go(request()))).toMatchObject({ status });
      expect(seen.count).toBe(1);
    },
  );

  it("waits after 429 at least as long as the server asks", async () => {
    answers(() => problem(429, "rate_limited", "Slowly.", { retry_after: 7 }), fine);
    const { go, pauses } = patient();
    await go(request());
    expect(pauses[0]).toBeGreaterThanOrEqual(7000);
  });

  it("leaves a long wait to whoever asked", async () => {
    answers(() => problem(429, "rate_limited", "Slowly.", { retry_after: 600 }), fine);
    expect(await failure(patient().go(request()))).toMatchObject({ status: 429, retryAfter: 600 });
  });

  it("does not repeat a POST, which may have done its work", async () => {
    const seen = answers(trouble(500), fine);
    expect(await failure(patient().go(request({ method: "POST" })))).toMatchObject({ status: 500 });
    expect(seen.count).toBe(1);
  });

  it("repeats a POST with an Idempotency-Key, with the same key and body", async () => {
    const said: string[] = [];
    server.use(
      http.post("/v1/thing", async ({ request: sent }) => {
        said.push(`${sent.headers.get("Idempotency-Key") ?? ""}: ${await sent.text()}`);
        return said.length < 3 ? problem(503, "overloaded", "Later.") : HttpResponse.json({});
      }),
    );
    const headers = { "Idempotency-Key": "k1" };
    await patient().go(request({ method: "POST", headers, body: "hello" }));
    expect(said).toEqual(["k1: hello", "k1: hello", "k1: hello"]);
  });
});
