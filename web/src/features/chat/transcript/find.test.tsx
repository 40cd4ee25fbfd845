import { fireEvent, screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, it } from "vitest";

import type { Hit } from "@/api/types";
import { violations } from "@/testing/axe";
import { server as net } from "@/testing/server";
import { done, openTalk, prepareTalk } from "@/testing/talk";
import { TurnServer } from "@/testing/turn-server";
import { aSession } from "@/testing/values";

// What is fetched apart is there before a test begins: to fetch it is not what is tested.
import "./find-bar";

beforeEach(prepareTalk);

// jsdom scrolls nothing, and here it matters where one comes to.
beforeEach(() => {
  Element.prototype.scrollTo = function (this: Element, to?: ScrollToOptions | number) {
    if (typeof to !== "object") return;
    this.scrollTop = to.top ?? this.scrollTop;
    queueMicrotask(() => this.dispatchEvent(new Event("scroll")));
  };
});

const MANY = 70;
const turnsOf = (count: number) => Array.from({ length: count }, (_, index) => done(index + 1));

const hit = (n: number): Hit => ({
  session_id: "s1",
  session_name: "Long",
  agent_id: "agent-1",
  at: "2026-01-02T03:04:05.000000Z",
  turn_id: `t${n}`,
  n,
  pinned: false,
  archived: false,
  snippets: [],
});

function finds(...turns: readonly number[]): URLSearchParams[] {
  const asked: URLSearchParams[] = [];
  net.use(
    http.get("/v1/agents/:agent/search", ({ request }) => {
      asked.push(new URL(request.url).searchParams);
      return HttpResponse.json({ hits: turns.map(hit), has_more: false, next_cursor: null });
    }),
  );
  return asked;
}

const field = () => screen.findByRole("textbox", { name: "Find in this session" });
const place = (text: string) => screen.findByText(text, { selector: "[role=search] *" });

it("in a long talk Ctrl+F finds also what is not loaded, and goes from turn to turn", async () => {
  new TurnServer(turnsOf(MANY));
  const asked = finds(69, 3);
  const { user } = openTalk(aSession("s1", { turn_count: MANY }));
  await screen.findByText("Answer 70");
  expect(screen.queryByText("Answer 3")).toBeNull();
  expect(fireEvent.keyDown(document.body, { key: "f", ctrlKey: true })).toBe(false);
  await user.type(await field(), "wor");
  await waitFor(() => expect(asked.at(-1)?.get("q")).toBe("wor*"));
  await place("1 of 2");
  expect(asked.at(-1)?.get("session_id")).toBe("s1");
  expect(await violations()).toEqual([]);
  await user.keyboard("{Enter}");
  await place("2 of 2");
  expect(await screen.findByText("Answer 3")).toBeVisible();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("search")).toBeNull());
  expect(await screen.findByRole("article", { name: "Question 3" })).toHaveFocus();
});

it("in a short talk it is the browser's own, and what is not loaded yet is", async () => {
  new TurnServer(turnsOf(40));
  openTalk(aSession("s1", { turn_count: 40 }));
  await screen.findByText("Answer 40");
  expect(fireEvent.keyDown(document.body, { key: "f", ctrlKey: true })).toBe(true);
  await waitFor(() => expect(screen.getAllByRole("article")).toHaveLength(40));
  await waitFor(() => expect(screen.getByText("Answer 1")).toBeVisible());
  expect(screen.queryByRole("search")).toBeNull();
});
