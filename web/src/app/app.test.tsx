import { act, render, screen, waitFor, within } from "@testing-library/react";
import { QueryClientProvider } from "@tanstack/react-query";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { tell } from "@/api/line";
import { createQueryClient } from "@/api/query-client";
import { dismissNotice } from "@/components/notices";
import { prefer } from "@/storage/preferences";
import { draftKey, readDraft, writeDraft } from "@/storage";
import { violations } from "@/testing/axe";
import { problem, serve } from "@/testing/fake-server";
import { giveSizes, giveWidth } from "@/testing/layout";
import { giveResizeObserver } from "@/testing/resizing";
import { server } from "@/testing/server";
import { anAgent, anAnswer, aServerConfig, aSession, aTurn } from "@/testing/values";

import { App } from "./app";

const lisbon = aSession("s1", { session_name: "A week in Lisbon" });
const cats = aSession("s2", { session_name: "Names for a cat" });
const scholar = anAgent("agent-1", { name: "Scholar" });

function open(path: string) {
  history.replaceState(null, "", path);
  return draw();
}

function draw() {
  const user = userEvent.setup();
  const view = render(
    <QueryClientProvider client={createQueryClient()}>
      <App />
    </QueryClientProvider>,
  );
  return { ...view, user };
}

const sidebar = () => screen.getByRole("navigation", { name: "Sessions" });
const header = (name: string) => screen.findByRole("heading", { level: 1, name });

beforeEach(() => {
  dismissNotice();
  giveSizes();
  prefer({ lastAgentId: null, sidebarOpen: true });
});

describe("a server that comes back as another one", () => {
  it("has a newer page to offer, once", async () => {
    serve({ agents: [scholar] });
    open("/a/agent-1");
    await screen.findByRole("button", { name: "Agent: Scholar" });
    const offer = () => screen.queryByText(/newer version of this page/);
    act(() => tell("back"));
    expect(offer()).toBeNull();
    server.use(http.get("/v1/config", () => HttpResponse.json({ ...aServerConfig, build: "b2" })));
    act(() => tell("back"));
    await waitFor(() => expect(offer()).toBeVisible());
    expect(screen.getByRole("button", { name: "Reload" })).toBeEnabled();
    await userEvent.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(offer()).toBeNull();
    act(() => tell("back"));
    expect(offer()).toBeNull();
  });
});

describe("an address", () => {
  it("opens the session that it names, and the tab is called so", async () => {
    serve({ agents: [scholar], sessions: [lisbon] });
    open("/a/agent-1/s/s1");
    expect(await header("A week in Lisbon")).toBeVisible();
    expect(document.title).toBe("A week in Lisbon · Tertulia");
  });

  it("without a path leads to a new session with the default agent", async () => {
    serve({ agents: [anAgent("agent-0"), scholar] });
    open("/");
    await waitFor(() => expect(location.pathname).toBe("/a/agent-1"));
    expect(await screen.findByRole("button", { name: "Agent: Scholar" })).toBeVisible();
  });

  it("without a path leads to the last agent, if it is still there", async () => {
    serve({ agents: [scholar, anAgent("agent-2", { name: "Poet" })] });
    prefer({ lastAgentId: "agent-2" });
    open("/");
    await waitFor(() => expect(location.pathname).toBe("/a/agent-2"));
  });

  it("without a path says what to do when there are no agents", async () => {
    serve({ agents: [] });
    open("/");
    expect(await header("No agents yet")).toBeVisible();
    expect(screen.getByRole("link", { name: "Create agent" })).toBeVisible();
  });

  it("of no page says so", async () => {
    serve();
    open("/nowhere");
    expect(await header("There is nothing at this address")).toBeVisible();
  });

  it("of no agent shows those there are", async () => {
    serve({ agents: [scholar] });
    open("/a/gone");
    expect(await header("There is no such agent")).toBeVisible();
    expect(screen.getByRole("link", { name: "Scholar" })).toBeVisible();
    expect(screen.queryByText("The sessions could not be loaded.")).toBeNull();
  });

  it("of no session offers a new one, and takes along what was begun there", async () => {
    serve({ agents: [scholar] });
    await writeDraft(draftKey("agent-1", "gone"), { text: "Dear agent", files: [] });
    const { user } = open("/a/agent-1/s/gone");
    expect(await header("This session doesn’t exist or was deleted.")).toBeVisible();
    await user.click(
      await screen.findByRole("button", { name: "Start a new session with this draft" }),
    );
    await waitFor(() => expect(location.pathname).toBe("/a/agent-1"));
    expect(await readDraft(draftKey("agent-1", null))).toMatchObject({ text: "Dear agent" });
    expect(await readDraft(draftKey("agent-1", "gone"))).toMatchObject({ text: "" });
  });

  it("that cannot be read is one of no agent", async () => {
    serve({ agents: [scholar] });
    open("/a/%E0%A4%A");
    expect(await header("There is no such agent")).toBeVisible();
  });

  it("shows what is on its way until it is there", async () => {
    serve({ agents: [scholar] });
    let come: () => void = () => undefined;
    const coming = new Promise<void>((resolve) => (come = resolve));
    const agents = { agents: [scholar], has_more: false, next_cursor: null };
    server.use(http.get("/v1/agents", () => coming.then(() => HttpResponse.json(agents))));
    const { container } = open("/");
    const shapes = () => container.querySelectorAll("nav .MuiSkeleton-root");
    await waitFor(() => expect(shapes()).toHaveLength(8));
    expect(within(sidebar()).getByText("Loading…")).toBeInTheDocument();
    come();
    expect(await screen.findByRole("button", { name: "Agent: Scholar" })).toBeVisible();
    await waitFor(() => expect(shapes()).toHaveLength(0));
  });

  it("of a session that is gone meanwhile still shows what was read of it", async () => {
    giveResizeObserver();
    const fake = serve({ agents: [scholar], sessions: [lisbon] });
    const turn = aTurn({ session_id: "s1", output_message: anAnswer("Up to the castle.") });
    server.use(
      http.get("/v1/agents/:agent/session/s1/turns", () =>
        fake.session("s1") === undefined
          ? problem(404, "session_not_found", "It is not there.")
          : HttpResponse.json({ turns: [turn], has_more: false, next_cursor: null, siblings: {} }),
      ),
    );
    const { user } = open("/a/agent-1/s/s1");
    expect(await screen.findByText("Up to the castle.")).toBeVisible();
    await waitFor(() => expect(fake.followers).toHaveLength(1));
    fake.sessions = [];
    act(() => fake.tell({ event_type: "session_deleted", session_id: "s1" }));
    expect(await header("This session doesn’t exist or was deleted.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: /^View the copy/ }));
    expect(await screen.findByText("Up to the castle.")).toBeVisible();
    expect(screen.queryByRole("textbox", { name: "Write a message" })).toBeNull();
  });

  it("of a session that was begun on this page does not take its draft to the next one", async () => {
    serve({ agents: [scholar], sessions: [lisbon] });
    for (const id of ["s1", null])
      await writeDraft(draftKey("agent-1", id), { text: "", files: [] });
    history.replaceState({ pane: "agent-1 new 1" }, "", "/a/agent-1/s/s1"); // as a page has left it
    const { user } = draw();
    const composer = () => screen.getByRole("textbox", { name: "Write a message" });
    await user.type(await screen.findByRole("textbox", { name: "Write a message" }), "For Lisbon");
    await user.click(screen.getAllByRole("link", { name: "New session" })[0]!);
    await waitFor(() => expect(location.pathname).toBe("/a/agent-1"));
    expect(composer()).toHaveValue("");
    await user.click(screen.getByRole("link", { name: /A week in Lisbon/ }));
    await waitFor(() => expect(composer()).toHaveValue("For Lisbon"));
  });

  it("is that of a page also where the browser keeps nothing for it", async () => {
    vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => {
      throw new DOMException("closed", "SecurityError");
    });
    serve({ agents: [scholar] });
    open("/a/agent-1");
    expect(await screen.findByRole("textbox", { name: "Write a message" })).toBeVisible();
    vi.restoreAllMocks();
  });

  it("under settings opens that page", async () => {
    serve();
    open("/settings/about");
    expect(await header("About")).toBeVisible();
  });
});

describe("the sidebar", () => {
  it("opens a session", async () => {
    serve({ agents: [scholar], sessions: [lisbon, cats] });
    const { user } = open("/a/agent-1");
    await user.click(await screen.findByRole("link", { name: /Names for a cat/ }));
    expect(location.pathname).toBe("/a/agent-1/s/s2");
    expect(await header("Names for a cat")).toBeVisible();
  });

  it("is hidden and shown by keys, and stays so", async () => {
    serve({ agents: [scholar] });
    const { user } = open("/a/agent-1");
    expect(sidebar()).toBeVisible();
    await user.keyboard("{Control>}{Shift>}s{/Shift}{/Control}");
    expect(screen.queryByRole("navigation", { name: "Sessions" })).toBeNull();
    await user.click(await screen.findByRole("button", { name: "Show sessions" }));
    expect(sidebar()).toBeVisible();
  });

  it("leads to the search, as Ctrl+K does from anywhere", async () => {
    serve({ agents: [scholar] });
    const { user } = open("/a/agent-1");
    await user.keyboard("{Control>}k{/Control}");
    expect(await screen.findByRole("combobox", { name: /^Search sessions/ })).toHaveFocus();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await user.click(screen.getByRole("button", { name: /^Search/ }));
    expect(await screen.findByRole("combobox", { name: /^Search sessions/ })).toBeVisible();
  });

  it("is a drawer on a narrow screen, and the header has the selector instead", async () => {
    giveWidth(390);
    serve({ agents: [scholar], sessions: [lisbon, cats] });
    const { user } = open("/a/agent-1/s/s1");
    const selector = await screen.findByRole("combobox", { name: "Session" });
    expect(selector).toHaveTextContent("A week in Lisbon");
    await user.click(selector);
    await user.click(await screen.findByRole("option", { name: "Names for a cat" }));
    expect(location.pathname).toBe("/a/agent-1/s/s2");
    await waitFor(() => expect(screen.getByRole("combobox", { name: "Session" })).toBeVisible());

    await user.click(screen.getByRole("combobox", { name: "Session" }));
    await user.click(await screen.findByRole("option", { name: "New session" }));
    expect(location.pathname).toBe("/a/agent-1");

    await user.click(await screen.findByRole("button", { name: "Show sessions" }));
    const drawer = await screen.findByRole("dialog", { name: "Sessions" });
    await user.click(await within(drawer).findByRole("link", { name: /Lisbon/ }));
    expect(location.pathname).toBe("/a/agent-1/s/s1");
    await waitFor(() => expect(drawer).not.toBeVisible());
  });
});

describe("the header", () => {
  it("renames the open session with F2, in the list too", async () => {
    const fake = serve({ agents: [scholar], sessions: [lisbon] });
    const { user } = open("/a/agent-1/s/s1");
    await header("A week in Lisbon");
    act(() => (document.activeElement as HTMLElement).blur());
    await user.keyboard("{F2}");
    const field = screen.getByRole("textbox", { name: "Session name" });
    await user.clear(field);
    await user.type(field, "Porto{Enter}");
    expect(await header("Porto")).toBeVisible();
    expect(await within(sidebar()).findByRole("link", { name: /Porto/ })).toBeVisible();
    await waitFor(() => expect(fake.session("s1")?.session_name).toBe("Porto"));
  });

  it("copies the link of the session", async () => {
    serve({ agents: [scholar], sessions: [lisbon] });
    const { user } = open("/a/agent-1/s/s1");
    await header("A week in Lisbon");
    await user.click(screen.getByRole("button", { name: "Actions for this session" }));
    await user.click(await screen.findByRole("menuitem", { name: "Copy link" }));
    expect(await navigator.clipboard.readText()).toBe(`${location.origin}/a/agent-1/s/s1`);
    expect(await screen.findByRole("group", { name: "Link copied" })).toBeVisible();
  });

  it("deletes the open session, and leaves no ghost of it", async () => {
    serve({ agents: [scholar], sessions: [lisbon, cats] });
    const { user } = open("/a/agent-1/s/s1");
    await header("A week in Lisbon");
    await user.click(screen.getByRole("button", { name: "Actions for this session" }));
    await user.click(await screen.findByRole("menuitem", { name: "Delete" }));
    expect(location.pathname).toBe("/a/agent-1");
    await waitFor(() =>
      expect(within(sidebar()).queryByRole("link", { name: /Lisbon/ })).toBeNull(),
    );
    expect(screen.queryByRole("heading", { name: "A week in Lisbon" })).toBeNull();
  });
});

describe("keys", () => {
  it("go through the sessions in the order of the list", async () => {
    serve({ agents: [scholar], sessions: [lisbon, cats] });
    const { user } = open("/a/agent-1/s/s1");
    await within(sidebar()).findByRole("link", { name: /cat/ });
    await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
    expect(location.pathname).toBe("/a/agent-1/s/s2");
    await user.keyboard("{Alt>}{ArrowUp}{/Alt}");
    expect(location.pathname).toBe("/a/agent-1/s/s1");
  });

  it("begin a new session", async () => {
    serve({ agents: [scholar], sessions: [lisbon] });
    const { user } = open("/a/agent-1/s/s1");
    await header("A week in Lisbon");
    await user.keyboard("{Control>}{Shift>}o{/Shift}{/Control}");
    expect(location.pathname).toBe("/a/agent-1");
  });

  it("show the list of keys, but not to somebody who writes a question mark", async () => {
    serve({ agents: [scholar] });
    const { user } = open("/a/agent-1");
    const filter = await screen.findByRole("searchbox");
    await user.type(filter, "?");
    expect(screen.queryByRole("dialog")).toBeNull();
    act(() => filter.blur());
    await user.keyboard("?");
    expect(await screen.findByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  });

  it("lead past the sidebar", async () => {
    serve({ agents: [scholar] });
    const { user } = open("/a/agent-1");
    await user.click(screen.getByRole("link", { name: "Skip to the talk" }));
    expect(screen.getByRole("main")).toHaveFocus();
    expect(location.pathname).toBe("/a/agent-1");
  });
});

describe("a banner", () => {
  it("says that the demo is a script and how to connect a model, until it is dismissed", async () => {
    serve({ agents: [anAgent("agent-1", { model: "demo/script" })] });
    server.use(http.get("/v1/config", () => HttpResponse.json({ ...aServerConfig, demo: true })));
    const { user } = open("/a/agent-1");
    expect(await screen.findByText(/this agent is a script, not an AI/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Connect a model" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Connect a model" }));
    expect(
      dialog.getByText("tertulia serve --model-server http://127.0.0.1:11434/v1"),
    ).toBeVisible();
    await user.click(dialog.getByRole("button", { name: "Close" }));
    const banner = within(screen.getByText(/this agent is a script/).parentElement!);
    await user.click(banner.getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByText(/this agent is a script/)).toBeNull();
    sessionStorage.clear();
  });

  it("says nothing of a demo to who talks with a real model", async () => {
    serve({ agents: [scholar] });
    open("/a/agent-1");
    await screen.findByRole("button", { name: "Agent: Scholar" });
    expect(screen.queryByText(/not an AI/)).toBeNull();
  });

  it("says that one is offline, and that one is back", async () => {
    serve({ agents: [scholar] });
    open("/a/agent-1");
    await screen.findByRole("button", { name: "Agent: Scholar" });
    act(() => void window.dispatchEvent(new Event("offline")));
    expect(await screen.findByText(/^Offline\./)).toBeVisible();
    act(() => void window.dispatchEvent(new Event("online")));
    await waitFor(() => expect(screen.queryByText(/^Offline\./)).toBeNull());
    await waitFor(() =>
      expect(screen.getByText("Connected again").closest("[role=status]")).not.toBeNull(),
    );
  });
});

it.each(["/a/agent-1", "/a/agent-1/s/s1", "/a/gone", "/settings", "/settings/agents", "/nowhere"])(
  "has nothing at %s that axe objects to",
  async (path) => {
    serve({ agents: [scholar], sessions: [lisbon, cats] });
    open(path);
    await waitFor(() => expect(screen.queryByText("Loading…")).toBeNull());
    expect(await violations()).toEqual([]);
  },
);
