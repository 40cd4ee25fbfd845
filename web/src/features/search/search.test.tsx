import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Hit } from "@/api/types";
import { violations } from "@/testing/axe";
import { problem, serve } from "@/testing/fake-server";
import { renderPage } from "@/testing/render-page";
import { server } from "@/testing/server";
import { anAgent } from "@/testing/values";

import { fitting } from "./commands";
import { SearchDialog } from "./search-dialog";
import { ANY_TIME, searchOf } from "./search-filters";

const aHit = (change: Partial<Hit> = {}): Hit => ({
  session_id: "s1",
  session_name: "A week in Lisbon",
  agent_id: "agent-1",
  at: "2026-01-02T03:04:05.000000Z",
  turn_id: "t7",
  n: 7,
  pinned: false,
  archived: false,
  snippets: [
    {
      source: "assistant",
      step_id: null,
      parts: [
        { text: "Take the ", is_match: false },
        { text: "tram", is_match: true },
        { text: " to Belém.", is_match: false },
      ],
    },
  ],
  ...change,
});

/** Answers searches with these hits; what was asked, as queries. */
function finds(hits: readonly Hit[], more: string | null = null): URLSearchParams[] {
  const asked: URLSearchParams[] = [];
  const answer = ({ request }: { request: Request }) => {
    const query = new URL(request.url).searchParams;
    asked.push(query);
    const isLast = query.has("cursor");
    return HttpResponse.json({
      hits: isLast ? [aHit({ session_id: "s9", session_name: "Another page" })] : hits,
      has_more: more !== null && !isLast,
      next_cursor: isLast ? null : more,
    });
  };
  server.use(http.get("/v1/search", answer), http.get("/v1/agents/:agent/search", answer));
  return asked;
}

const onClose = vi.fn();
const showShortcuts = vi.fn();
const commands = [
  { key: "new", label: "New session", run: vi.fn() },
  { key: "shortcuts", label: "Show keyboard shortcuts", also: "help", run: showShortcuts },
];
const open = () =>
  renderPage(
    <SearchDialog agentId="agent-1" commands={commands} onClose={onClose} />,
    "/a/agent-1",
  );
const field = () => screen.getByRole("combobox", { name: "Search sessions and commands" });
const option = (name: RegExp) => screen.findByRole("option", { name });

beforeEach(() => {
  vi.clearAllMocks();
  serve();
});

describe("what is found", () => {
  it("shows the words where they stand, and opens the turn that has them", async () => {
    finds([aHit()]);
    const { user } = open();
    expect(field()).toHaveFocus();
    await user.type(field(), "tram");
    const hit = await option(/A week in Lisbon.*Agent: Take the tram to Belém/);
    expect(within(hit).getByText("tram").tagName).toBe("MARK");
    await user.keyboard("{Enter}");
    expect(location.pathname + location.search).toBe("/a/agent-1/s/s1?turn=t7");
    expect(onClose).toHaveBeenCalled();
  });

  it("goes along the list by arrow while the focus stays in the field", async () => {
    finds([aHit(), aHit({ session_id: "s2", session_name: "Names for a cat", turn_id: null })]);
    const { user } = open();
    await user.type(field(), "tram");
    await option(/Lisbon/);
    await user.keyboard("{ArrowDown}");
    const second = await option(/Names for a cat/);
    expect(second).toHaveAttribute("aria-selected", "true");
    expect(field()).toHaveAttribute("aria-activedescendant", second.id);
    expect(field()).toHaveFocus();
    await user.keyboard("{ArrowDown}"); // round to the first
    expect(await option(/Lisbon/)).toHaveAttribute("aria-selected", "true");
    await user.keyboard("{ArrowUp}{Enter}");
    expect(location.pathname + location.search).toBe("/a/agent-1/s/s2");
  });

  it("asks once the typing pauses, and fetches more when asked to", async () => {
    const asked = finds([aHit()], "next");
    const { user } = open();
    await user.click(field());
    await user.paste("tram"); // typed on a busy machine, it would have pauses
    await option(/Lisbon/);
    expect(asked.map((query) => query.get("q"))).toEqual(["tram"]);
    await user.click(screen.getByRole("button", { name: "More results" }));
    await option(/Another page/);
    expect(asked.at(-1)?.get("cursor")).toBe("next");
  });

  it("says that nothing was found, and offers to look everywhere", async () => {
    const asked = finds([]);
    const { user } = open();
    await user.type(field(), "tram");
    expect(await screen.findByText(/Nothing for “tram”/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Search everything" }));
    await waitFor(() => expect(asked.at(-1)?.get("archived")).toBe("any"));
    expect(screen.queryByRole("button", { name: "Search everything" })).toBeNull();
  });

  it("says why it failed", async () => {
    server.use(http.get("/v1/search", () => problem(400, "invalid_request", "Not like that.")));
    const { user } = open();
    await user.type(field(), "tram");
    expect(await screen.findByText("Not like that.")).toBeVisible();
  });

  it("has no fault that axe knows", async () => {
    finds([aHit()]);
    const { user } = open();
    await user.type(field(), "tram");
    await option(/Lisbon/);
    expect(await violations(document.body)).toEqual([]);
  });
});

describe("filters", () => {
  it("narrow the search", async () => {
    serve({ agents: [anAgent(), anAgent("agent-2")] });
    const asked = finds([aHit()]);
    const { user } = open();
    await user.type(field(), "tram");
    await option(/Lisbon/);
    await user.click(screen.getByRole("button", { name: "With files" }));
    await waitFor(() => expect(asked.at(-1)?.get("has_file")).toBe("true"));
    await user.click(screen.getByRole("button", { name: "Pinned" }));
    await waitFor(() => expect(asked.at(-1)?.get("pinned")).toBe("true"));
    expect(screen.getByRole("button", { name: "Pinned" })).toHaveAttribute("aria-pressed", "true");
  });

  it("count days from midnight", () => {
    const filters = { agentId: null, hasFile: false, isPinned: false, inArchive: false };
    const noon = new Date(2026, 4, 20, 12).getTime();
    expect(searchOf("a", { ...filters, days: ANY_TIME }, noon).since).toBeNull();
    const { since } = searchOf("a", { ...filters, days: 7 }, noon);
    expect(since).toBe(new Date(new Date(2026, 4, 20).getTime() - 7 * 86_400_000).toISOString());
    expect(searchOf("a", { ...filters, days: 7 }, noon + 3_600_000).since).toBe(since);
  });
});

describe("commands", () => {
  it("stand in the list, found by the beginnings of their words", async () => {
    finds([]);
    const { user } = open();
    await user.type(field(), "key sho");
    await user.click(await option(/Show keyboard shortcuts/));
    expect(showShortcuts).toHaveBeenCalled();
  });

  it("are found by other words that people have for them, too, after those that are called so", () => {
    const commands = [
      { key: "agent", label: "Create an agent", also: "new add", run: vi.fn() },
      { key: "new", label: "New session", also: "begin", run: vi.fn() },
      { key: "tools", label: "Öffne tools", run: vi.fn() },
    ];
    const found = (text: string) => fitting(commands, text).map(({ key }) => key);
    expect(found("new agent")).toEqual(["agent"]);
    expect(found("new")).toEqual(["new", "agent"]);
    expect(found("offne")).toEqual(["tools"]);
    expect(found("ew")).toEqual([]);
    expect(found(" ")).toHaveLength(3);
  });

  it("are few until something is asked for", async () => {
    finds([]);
    const many = ["One", "Two", "Three", "Four"].map((label) => ({
      key: label,
      label,
      run: vi.fn(),
    }));
    renderPage(<SearchDialog agentId="agent-1" commands={many} onClose={onClose} />, "/a/agent-1");
    await option(/One/);
    expect(screen.getAllByRole("option")).toHaveLength(3);
  });

  it("begin with what was typed while the field was on its way", async () => {
    finds([aHit()]);
    const typed = { current: "key" };
    renderPage(
      <SearchDialog agentId="agent-1" commands={commands} typed={typed} onClose={onClose} />,
      "/a/agent-1",
    );
    expect(field()).toHaveValue("key");
    await option(/Show keyboard shortcuts/);
  });
});
