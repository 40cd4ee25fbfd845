import { http, HttpResponse } from "msw";
import { expect, it } from "vitest";

import type { Session } from "@/api/types";
import { server } from "@/testing/server";
import { anAnswer, aSession, aTurn } from "@/testing/values";

import { sessionAsJson, sessionAsMarkdown } from "./session-text";

const session = aSession("s1", { session_name: "A week in Lisbon" });

const TURNS = [
  aTurn({
    turn_id: "t1",
    input_messages: [{ role: "user", content: "Where to eat?" }],
    output_message: anAnswer("In **Alfama**."),
  }),
  aTurn({
    turn_id: "t2",
    input_messages: [
      {
        role: "user",
        content: [{ type: "text", text: "And with this map?" }],
        file: { name: "map.pdf", type: "application/pdf" },
      },
    ],
    output_message: anAnswer(""),
  }),
];

/** Newest first and one a page, as the server pages. */
function serveTurns(): void {
  server.use(
    http.get("/v1/agents/agent-1/session/s1/turns", ({ request }) => {
      const at = Number(new URL(request.url).searchParams.get("cursor") ?? 0);
      const page = TURNS.toReversed().slice(at, at + 1);
      const hasMore = at + 1 < TURNS.length;
      return HttpResponse.json({
        turns: page,
        has_more: hasMore,
        next_cursor: hasMore ? String(at + 1) : null,
      });
    }),
  );
}

it("has all turns in order as Markdown, with what was attached", async () => {
  serveTurns();
  const text = await sessionAsMarkdown(session);
  expect(text.startsWith("# A week in Lisbon\n\n_")).toBe(true);
  expect(text.slice(text.indexOf("**You**"))).toBe(
    [
      "**You**",
      "Where to eat?",
      "**Agent**",
      "In **Alfama**.",
      "**You**",
      "_Attached: map.pdf_",
      "And with this map?\n",
    ].join("\n\n"),
  );
});

it("is as JSON what the server has", async () => {
  serveTurns();
  const read = JSON.parse(await sessionAsJson(session)) as Session;
  expect(read).toEqual({ ...session, turns: TURNS });
});
