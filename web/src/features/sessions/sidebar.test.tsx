import { act, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { useState } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { UNDO_MS } from "@/api/queries";
import { NoticeArea } from "@/components/notice-area";
import { dismissNotice } from "@/components/notices";
import { violations } from "@/testing/axe";
import { problem, serve } from "@/testing/fake-server";
import { giveSizes } from "@/testing/layout";
import { renderPage } from "@/testing/render-page";
import { server } from "@/testing/server";
import { aSession } from "@/testing/values";

import { DeletedNotice } from "./deleted-notice";
import { Sidebar } from "./sidebar";

function Sessions({ openId = null }: { openId?: string | null }) {
  const [isArchive, setArchive] = useState(false);
  return (
    <>
      <nav aria-label="Sessions">
        <Sidebar agentId="agent-1" openId={openId} isArchive={isArchive} onArchive={setArchive} />
        <button type="button" onClick={() => setArchive(true)}>
          Archive view
        </button>
      </nav>
      <NoticeArea>
        <DeletedNotice agentId="agent-1" />
      </NoticeArea>
    </>
  );
}

const lisbon = aSession("s1", { session_name: "A week in Lisbon" });
const cats = aSession("s2", { session_name: "Names for a cat" });
const link = (name: string) => screen.findByRole("link", { name: new RegExp(name) });
const gone = (name: string) =>
  waitFor(() => expect(screen.queryByRole("link", { name: new RegExp(name) })).toBeNull());

beforeEach(() => {
  giveSizes();
  dismissNotice();
});

/** What a server answers that has looked through many sessions for its first page. */
function looked({ searchParams: asked }: URL) {
  const isFirst = asked.get("cursor") === null;
  const found = !isFirst && asked.get("pinned") === "false" && asked.get("q") === "cat";
  return HttpResponse.json({
    sessions: found ? [cats] : [],
    has_more: isFirst,
    next_cursor: isFirst ? "far" : null,
  });
}

async function openMenu(user: ReturnType<typeof renderPage>["user"], name: string) {
  await user.click(await screen.findByRole("button", { name: `Actions for ${name}` }));
  return within(await screen.findByRole("menu"));
}

it("Escape in the filter clears it, and means nothing else", async () => {
  serve({ sessions: [lisbon, cats] });
  const { user } = renderPage(<Sessions />);
  await user.type(await screen.findByRole("searchbox", { name: "Filter sessions" }), "cat");
  const presses: boolean[] = [];
  const hear = (press: KeyboardEvent) => presses.push(press.defaultPrevented);
  addEventListener("keydown", hear);
  await user.keyboard("{Escape}");
  await user.keyboard("{Escape}");
  removeEventListener("keydown", hear);
  expect(screen.getByRole("searchbox", { name: "Filter sessions" })).toHaveValue("");
  expect(presses).toEqual([true, false]);
});

describe("the list", () => {
  it("shows sessions as links, the open one marked", async () => {
    serve({ sessions: [lisbon, cats] });
    renderPage(<Sessions openId="s2" />);
    expect(await link("Lisbon")).toHaveAttribute("href", "/a/agent-1/s/s1");
    expect(await link("cat")).toHaveAttribute("aria-current", "page");
    expect(screen.getByText("2 sessions")).toBeVisible();
  });

  it("says what begins a session when there is none", async () => {
    serve();
    renderPage(<Sessions />);
    expect(await screen.findByText(/first message you send begins one/)).toBeVisible();
  });

  it("tells with words what a status dot tells with colour", async () => {
    serve({
      sessions: [
        aSession("a", { session_name: "Working", status: "running" }),
        aSession("b", { session_name: "Broken", last_turn_status: "failed" }),
      ],
    });
    renderPage(<Sessions />);
    expect(await link("Working")).toHaveAccessibleName(/The agent is working/);
    expect(await link("Broken")).toHaveAccessibleName(/The last turn failed/);
  });

  it("fetches further pages when the end comes near, and draws only what is in sight", async () => {
    const many = Array.from({ length: 120 }, (_, n) =>
      aSession(`s${n}`, { session_name: `Talk ${n}` }),
    );
    serve({ sessions: many });
    giveSizes({ room: 4000 });
    renderPage(<Sessions />);
    expect(await screen.findByText("120 sessions")).toBeVisible();
  });

  it("does not fetch what nobody scrolls to", async () => {
    const many = Array.from({ length: 120 }, (_, n) =>
      aSession(`s${n}`, { session_name: `Talk ${n}` }),
    );
    serve({ sessions: many });
    renderPage(<Sessions />);
    expect(await screen.findByText("50 loaded, more below")).toBeVisible();
    expect(screen.getAllByRole("link", { name: /^Talk/ }).length).toBeLessThan(40);
  });

  it("looks on where a page has nothing with the words, and says that there is nothing at the end", async () => {
    serve({ sessions: [lisbon, cats] });
    const { user } = renderPage(<Sessions />);
    await link("Lisbon");
    server.use(
      http.get("/v1/agents/:agent/sessions", ({ request }) => looked(new URL(request.url))),
    );
    const filter = screen.getByRole("searchbox", { name: "Filter sessions" });
    await user.type(filter, "cat");
    await gone("Lisbon");
    expect(await link("cat")).toBeVisible();
    await user.type(filter, "erpillar");
    expect(
      await screen.findByText(/Nothing for .caterpillar./, {}, { timeout: 15_000 }),
    ).toBeVisible();
  }, 40_000);

  it("offers to try again when it cannot be loaded", async () => {
    server.use(
      http.get("/v1/agents/:agent/sessions", () => problem(403, "forbidden", "Not yours."), {
        once: false,
      }),
    );
    const { user } = renderPage(<Sessions />);
    expect(await screen.findByText("Not yours.")).toBeVisible();
    serve({ sessions: [lisbon] });
    await user.click(screen.getByRole("button", { name: "Retry" }));
    expect(await link("Lisbon")).toBeVisible();
  });

  it("moves along its rows by arrow, with one tab stop", async () => {
    serve({ sessions: [lisbon, cats] });
    const { user } = renderPage(<Sessions />);
    (await link("Lisbon")).focus();
    await user.keyboard("{ArrowDown}");
    await waitFor(async () => expect(await link("cat")).toHaveFocus());
    expect(await link("cat")).toHaveAttribute("tabindex", "0");
    expect(await link("Lisbon")).toHaveAttribute("tabindex", "-1");
  });

  it("has nothing that axe objects to", async () => {
    serve({ sessions: [lisbon, cats] });
    const { container } = renderPage(<Sessions openId="s1" />);
    await link("Lisbon");
    expect(await violations(container)).toEqual([]);
  });
});

describe("renaming", () => {
  it("happens in place with F2 and Enter, and gives the focus back", async () => {
    const fake = serve({ sessions: [lisbon] });
    const { user } = renderPage(<Sessions />);
    (await link("Lisbon")).focus();
    await user.keyboard("{F2}");
    const field = screen.getByRole("textbox", { name: "Session name" });
    expect(field).toHaveFocus();
    await user.clear(field);
    await user.type(field, "Porto instead{Enter}");
    expect(await link("Porto instead")).toHaveFocus();
    await waitFor(() => expect(fake.session("s1")?.session_name).toBe("Porto instead"));
  });

  it("is dropped with Escape", async () => {
    const fake = serve({ sessions: [lisbon] });
    const { user } = renderPage(<Sessions />);
    const menu = await openMenu(user, "A week in Lisbon");
    await user.click(menu.getByRole("menuitem", { name: /Rename/ }));
    await user.type(screen.getByRole("textbox", { name: "Session name" }), "Nonsense{Escape}");
    expect(await link("A week in Lisbon")).toBeVisible();
    expect(fake.session("s1")?.session_name).toBe("A week in Lisbon");
  });

  it("is taken back, with the reason, when the server refuses", async () => {
    serve({ sessions: [lisbon] });
    server.use(
      http.patch("/v1/agents/:agent/session/:session", () =>
        problem(412, "stale", "Somebody else changed it."),
      ),
    );
    const { user } = renderPage(<Sessions />);
    (await link("Lisbon")).focus();
    await user.keyboard("{F2}");
    await user.type(screen.getByRole("textbox", { name: "Session name" }), "Mine{Enter}");
    expect(await screen.findByRole("group", { name: /Somebody else changed it/ })).toBeVisible();
    expect(await link("A week in Lisbon")).toBeVisible();
  });
});

it("pins a session, which then stands first", async () => {
  const fake = serve({ sessions: [lisbon, cats] });
  const { user } = renderPage(<Sessions />);
  const menu = await openMenu(user, "Names for a cat");
  await user.click(menu.getByRole("menuitem", { name: "Pin" }));
  expect(await screen.findByRole("heading", { name: "Pinned" })).toBeVisible();
  const [first] = await screen.findAllByRole("link", { name: /Lisbon|cat/ });
  expect(first).toHaveAccessibleName(/cat/);
  await waitFor(() => expect(fake.session("s2")?.pinned).toBe(true));
});

it("archives a session, finds it in the archive, and takes it out again", async () => {
  const fake = serve({ sessions: [lisbon, cats] });
  const { user } = renderPage(<Sessions />);
  const menu = await openMenu(user, "Names for a cat");
  await user.click(menu.getByRole("menuitem", { name: "Archive" }));
  await gone("Names for a cat");
  await waitFor(() => expect(fake.session("s2")?.archived).toBe(true));

  await user.click(screen.getByRole("button", { name: "Archive view" }));
  expect(await link("Names for a cat")).toBeVisible();
  await gone("Lisbon");

  await user.click(
    within(screen.getByRole("group", { name: /Archived/ })).getByRole("button", { name: "Undo" }),
  );
  await gone("Names for a cat");
  await waitFor(() => expect(fake.session("s2")?.archived).toBe(false));
});

describe("deleting", () => {
  it("hides the session at once and deletes nothing while there is an Undo", async () => {
    const fake = serve({ sessions: [lisbon, cats] });
    const { user } = renderPage(<Sessions />);
    (await link("cat")).focus();
    await user.keyboard("{Delete}");
    await gone("Names for a cat");
    expect(fake.session("s2")).toBeDefined();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(await link("Names for a cat")).toBeVisible();
    expect(fake.session("s2")).toBeDefined();
  });

  it("can be undone by keys alone", async () => {
    serve({ sessions: [lisbon, cats] });
    const { user } = renderPage(<Sessions />);
    (await link("cat")).focus();
    await user.keyboard("{Delete}");
    await gone("Names for a cat");
    await user.keyboard("{Control>}z{/Control}");
    expect(await link("Names for a cat")).toBeVisible();
  });

  it("reaches the server when the time for Undo is over", async () => {
    const fake = serve({ sessions: [lisbon, cats] });
    const { user } = renderPage(<Sessions />);
    const row = await link("cat");
    vi.useFakeTimers({ shouldAdvanceTime: true, toFake: ["setTimeout", "clearTimeout"] });
    row.focus();
    await user.keyboard("{Delete}");
    await act(() => vi.advanceTimersByTimeAsync(UNDO_MS + 1));
    vi.useRealTimers();
    await waitFor(() => expect(fake.session("s2")).toBeUndefined());
    await waitFor(() => expect(screen.queryByRole("button", { name: "Undo" })).toBeNull());
  });

  it("reaches the server when the page is left", async () => {
    const fake = serve({ sessions: [lisbon] });
    const { user } = renderPage(<Sessions />);
    (await link("Lisbon")).focus();
    await user.keyboard("{Delete}");
    await gone("Lisbon");
    act(() => void window.dispatchEvent(new Event("pagehide")));
    await waitFor(() => expect(fake.session("s1")).toBeUndefined());
  });

  it("leaves the session that is open, and comes back with it", async () => {
    serve({ sessions: [lisbon] });
    const { user } = renderPage(<Sessions openId="s1" />, "/a/agent-1/s/s1");
    (await link("Lisbon")).focus();
    await user.keyboard("{Delete}");
    expect(location.pathname).toBe("/a/agent-1");
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(location.pathname).toBe("/a/agent-1/s/s1");
  });
});

describe("the filter", () => {
  it("narrows the list to what has the words", async () => {
    serve({ sessions: [lisbon, cats] });
    const { user } = renderPage(<Sessions />);
    await link("Lisbon");
    await user.type(screen.getByRole("searchbox", { name: "Filter sessions" }), "cat");
    await gone("Lisbon");
    expect(await link("Names for a cat")).toBeVisible();
  });

  it("says that nothing was found, clears with Escape, and can look in the archive", async () => {
    serve({ sessions: [lisbon, aSession("s3", { session_name: "Zebras", archived: true })] });
    const { user } = renderPage(<Sessions />);
    const field = screen.getByRole("searchbox");
    await user.type(field, "zebra");
    expect(await screen.findByText("Nothing for “zebra”.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Look in the archive" }));
    expect(await link("Zebras")).toBeVisible();
    await user.type(field, "{Escape}");
    expect(field).toHaveValue("");
  });
});
