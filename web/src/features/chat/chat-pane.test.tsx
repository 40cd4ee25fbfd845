import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { useState } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Session } from "@/api/types";
import { draftKey, openRecords, readDraft, writeDraft } from "@/storage";
import { violations } from "@/testing/axe";
import { problem } from "@/testing/fake-server";
import { giveSizes, giveWidth } from "@/testing/layout";
import { renderPage } from "@/testing/render-page";
import { giveResizeObserver } from "@/testing/resizing";
import { TurnServer } from "@/testing/turn-server";
import { anAgent, anAnswer, aSession, aTurn } from "@/testing/values";
import type { OutboxEntry } from "@/turn";

import { ChatPane } from "./chat-pane";

const agent = anAgent("agent-1", {
  name: "Scholar",
  description: "Knows a little of everything.",
  starters: ["What can you do?"],
});
const session = aSession("s1");
const done = (n: number) =>
  aTurn({
    turn_id: `t${n}`,
    n,
    session_id: "s1",
    input_messages: [{ role: "user", content: `Question ${n}` }],
    output_message: anAnswer(`Answer ${n}`),
    last_event_id: `${n}.1.9`,
  });

/** The pane as the frame shows it: a session that it makes becomes the open one. */
function Frame({ opened, turnId }: { opened: Session | null; turnId?: string | undefined }) {
  const [current, setCurrent] = useState(opened);
  return (
    <main>
      <ChatPane
        agent={agent}
        session={current}
        onSessionCreated={(id) => setCurrent(aSession(id, { turn_count: 0 }))}
        focusTurnId={turnId}
      />
    </main>
  );
}

const open = (opened: Session | null = session, turnId?: string) =>
  renderPage(<Frame opened={opened} turnId={turnId} />);

const composer = () => screen.getByRole("textbox", { name: "Write a message" });
const turns = () => screen.getAllByRole("article");
const polite = () => screen.getByRole("status");
const urgent = () => screen.getByRole("alert");
const write = async (user: ReturnType<typeof renderPage>["user"], text: string) => {
  await user.type(composer(), `${text}{Enter}`);
};

/** What an earlier test has left in the browser. */
async function forget() {
  sessionStorage.clear();
  const outbox = openRecords<OutboxEntry>("outbox");
  for (const { key } of await outbox.all()) await outbox.delete(key);
  for (const id of ["s1", null]) await writeDraft(draftKey("agent-1", id), "");
}

beforeEach(async () => {
  await forget();
  giveResizeObserver();
  giveSizes({ row: 600, room: 600 });
  giveWidth(1200);
});

describe("a new session", () => {
  it("says with whom one talks and how one may begin", async () => {
    new TurnServer();
    const { container } = open(null);
    expect(screen.getByRole("heading", { name: "Scholar" })).toBeVisible();
    expect(screen.getByText("Knows a little of everything.")).toBeVisible();
    expect(screen.getByRole("button", { name: "What can you do?" })).toBeVisible();
    expect(await violations(container)).toEqual([]);
  });

  it("is made by the first message, whose row stays the same through it", async () => {
    const server = new TurnServer();
    const { user } = open(null);
    await write(user, "Good morning");
    const row = await screen.findByRole("article", { name: "Good morning" });
    await waitFor(() => expect(server.turns).toHaveLength(1));
    await waitFor(() => expect(server.isFollowed("t1")).toBe(true));
    act(() => server.answer("And to you."));
    expect(await screen.findByText("And to you.")).toBeVisible();
    expect(turns()).toEqual([row]);
    expect(server.sessions).toHaveLength(1);
  });

  it("begins with a starter that is clicked", async () => {
    const server = new TurnServer();
    const { user } = open(null);
    await user.click(screen.getByRole("button", { name: "What can you do?" }));
    await waitFor(() => expect(server.posted).toHaveLength(1));
    expect(server.posted[0]?.messages[0]?.content).toBe("What can you do?");
  });
});

describe("a message", () => {
  it("is there at once, and the answer grows under it", async () => {
    const server = new TurnServer([done(1)]);
    const { user } = open();
    await screen.findByText("Answer 1");
    await write(user, "And then?");
    expect(await screen.findByRole("article", { name: "And then?" })).toBeVisible();
    await waitFor(() => expect(server.isFollowed("t2")).toBe(true));
    act(() => {
      server.infer();
      server.say("Then ");
    });
    expect(await screen.findByText("Then")).toBeVisible();
    act(() => server.say("came the rain."));
    expect(await screen.findByText("Then came the rain.")).toBeVisible();
    act(() => server.finish());
    expect(await within(turns()[1]!).findByText(/Worked/)).toBeVisible();
    expect(await violations()).toEqual([]);
  });

  it("goes out again by itself under the same key when the server is busy", async () => {
    const server = new TurnServer([done(1)]);
    server.refusals.push(problem(429, "rate_limited", "Slower.", { retry_after: 30 }));
    const { user } = open();
    await screen.findByText("Answer 1");
    await write(user, "Hello?");
    expect(await screen.findByText(/Too many messages right now/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Send now" }));
    await waitFor(() => expect(server.posted).toHaveLength(1));
    expect(turns()).toHaveLength(2);
  });

  it("that was refused says why, and can be written anew", async () => {
    const server = new TurnServer([done(1)]);
    server.refusals.push(problem(400, "invalid_request", "The message is too long."));
    const { user } = open();
    await screen.findByText("Answer 1");
    await write(user, "Hello?");
    const reason = await within(await screen.findByRole("feed")).findByText(/is too long/);
    expect(reason).toBeVisible();
    expect(urgent()).toHaveTextContent("The message is too long.");
    expect(screen.queryByRole("button", { name: "Retry" })).toBeNull();
    expect(await violations()).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Edit" }));
    expect(composer()).toHaveValue("Hello?");
    expect(turns()).toHaveLength(1);
  });

  it("to a session that is gone becomes the draft again", async () => {
    const server = new TurnServer([done(1)]);
    server.refusals.push(problem(404, "session_not_found", "Gone."));
    const { user } = open();
    await screen.findByText("Answer 1");
    await write(user, "Hello?");
    await waitFor(() => expect(composer()).toHaveValue("Hello?"));
    await waitFor(async () => expect(await readDraft(draftKey("agent-1", "s1"))).toBe("Hello?"));
  });
});

describe("while the agent works", () => {
  async function busy() {
    const server = new TurnServer([done(1)]);
    const page = open();
    await screen.findByText("Answer 1");
    await write(page.user, "Tell me a story");
    await waitFor(() => expect(server.isFollowed("t2")).toBe(true));
    act(() => {
      server.infer();
      server.say("Once upon");
    });
    await screen.findByText("Once upon");
    return { ...page, server };
  }

  it("what is sent waits, and goes out when the agent has answered", async () => {
    const { user, server } = await busy();
    await write(user, "And after that?");
    const queue = screen.getByRole("list", { name: "Waiting messages" });
    expect(within(queue).getByText("And after that?")).toBeVisible();
    expect(composer()).toHaveValue("");
    act(() => server.finish());
    await waitFor(() => expect(server.posted).toHaveLength(2));
    expect(server.posted[1]?.messages[0]?.content).toBe("And after that?");
    expect(screen.queryByRole("list", { name: "Waiting messages" })).toBeNull();
  });

  it("what waits outlives a reload", async () => {
    const { user, unmount, server } = await busy();
    await write(user, "And after that?");
    unmount();
    open();
    expect(await screen.findByRole("list", { name: "Waiting messages" })).toHaveTextContent(
      "And after that?",
    );
    await waitFor(() => expect(server.isFollowed("t2")).toBe(true));
    act(() => server.finish());
    await waitFor(() => expect(server.posted).toHaveLength(2));
  });

  it("what waits can be written anew, dropped, or sent in place of the answer", async () => {
    const { user, server } = await busy();
    await write(user, "one");
    await write(user, "two");
    await write(user, "three");
    const item = (text: string) => {
      const queue = screen.getByRole("list", { name: "Waiting messages" });
      return within(within(queue).getByText(text).closest("li")!);
    };
    await user.click(item("one").getByRole("button", { name: "Remove" }));
    await user.click(item("two").getByRole("button", { name: "Edit" }));
    expect(composer()).toHaveValue("two");
    await user.click(item("three").getByRole("button", { name: "Stop the answer and send now" }));
    await waitFor(() => expect(server.posted).toHaveLength(2));
    expect(server.cancelled).toEqual(["t2"]);
    expect(server.posted[1]?.messages[0]?.content).toBe("three");
  });

  it("Stop ends the answer and keeps what there is; what waits goes on waiting", async () => {
    const { user, server } = await busy();
    await write(user, "And after that?");
    await user.click(screen.getByRole("button", { name: "Stop" }));
    expect(await screen.findByText("Stopped", { selector: "article *" })).toBeVisible();
    expect(screen.getByText("Once upon")).toBeVisible();
    expect(polite()).toHaveTextContent("Stopped");
    expect(screen.getByRole("list", { name: "Waiting messages" })).toBeVisible();
    expect(server.posted).toHaveLength(1);
  });

  it("Escape stops it when nothing is written", async () => {
    const { user, server } = await busy();
    await user.type(composer(), "half a thought{Escape}");
    expect(server.cancelled).toEqual([]);
    await user.clear(composer());
    await user.keyboard("{Escape}");
    await waitFor(() => expect(server.cancelled).toEqual(["t2"]));
  });

  it("is told to those who do not see it", async () => {
    const { server } = await busy();
    expect(polite()).toHaveTextContent("The agent is working");
    act(() => {
      server.say(" a time.");
      server.finish();
    });
    await waitFor(() => expect(polite()).toHaveTextContent("Answer ready, 4 words"));
    expect(screen.getByRole("feed")).not.toHaveAttribute("aria-live");
  });
});

describe("a turn that did not end well", () => {
  const cut = (values: object) =>
    aTurn({ turn_id: "t2", n: 2, session_id: "s1", last_event_id: "2.1.9", ...values });

  it("that failed says why, and asks the same again", async () => {
    const error = { code: "model_unavailable", message: "The model server does not answer." };
    const server = new TurnServer([done(1), cut({ status: "failed", error })]);
    const { user } = open();
    expect(await screen.findByText("The model server does not answer.")).toBeVisible();
    expect(screen.getByText("Code: model_unavailable")).toBeVisible();
    expect(await violations()).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Retry" }));
    await waitFor(() => expect(server.posted).toHaveLength(1));
    expect(server.posted[0]?.messages).toEqual(server.turn("t2").input_messages);
  });

  it("that the server left behind says so", async () => {
    const error = { code: "interrupted", message: "The server stopped." };
    new TurnServer([cut({ status: "failed", error })]);
    open();
    expect(await screen.findByText("Interrupted: the server restarted")).toBeVisible();
  });

  it("that was stopped can be gone on with", async () => {
    const server = new TurnServer([cut({ status: "cancelled" })]);
    const { user } = open();
    await user.click(await screen.findByRole("button", { name: "Continue" }));
    await waitFor(() => expect(server.posted).toHaveLength(1));
    expect(server.posted[0]?.messages[0]?.content).toBe("Continue");
  });
});

describe("the transcript", () => {
  it("goes on where a reload in the middle of an answer has left it", async () => {
    const server = new TurnServer([done(1)]);
    server.accept({ key: "k", messages: [{ role: "user", content: "Go on" }] }, "s1");
    server.infer();
    server.say("Said before the reload");
    open();
    expect(await screen.findByText("Said before the reload")).toBeVisible();
    await waitFor(() => expect(server.isFollowed("t2")).toBe(true));
    act(() => server.say(", and after it."));
    expect(await screen.findByText("Said before the reload, and after it.")).toBeVisible();
  });

  it("shows what another tab sends within seconds", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const server = new TurnServer([done(1)]);
    open();
    await screen.findByText("Answer 1");
    server.accept({ key: "k", messages: [{ role: "user", content: "From elsewhere" }] }, "s1");
    await act(() => vi.advanceTimersByTimeAsync(3100));
    expect(await screen.findByRole("article", { name: "From elsewhere" })).toBeVisible();
    await waitFor(() => expect(server.isFollowed("t2")).toBe(true));
    vi.useRealTimers();
  });

  it("loads what is older until there is no more, and tells each turn's place", async () => {
    new TurnServer(Array.from({ length: 45 }, (_, index) => done(index + 1)));
    giveSizes({ row: 10, room: 600 });
    open(aSession("s1", { turn_count: 45 }));
    await screen.findByText("Answer 1");
    const all = turns();
    expect(all).toHaveLength(45);
    expect(all.map((turn) => turn.getAttribute("aria-posinset")).slice(0, 2)).toEqual(["1", "2"]);
    expect(all[0]).toHaveAttribute("aria-setsize", "45");
  });

  it("keeps the draft of a session for the next visit", async () => {
    new TurnServer([done(1)]);
    const { user, unmount } = open();
    await screen.findByText("Answer 1");
    await user.type(composer(), "half a thought");
    unmount();
    open();
    await waitFor(() => expect(composer()).toHaveValue("half a thought"));
  });

  it("is read by keyboard: one tab stop, J and K, C to copy", async () => {
    new TurnServer([done(1), done(2), done(3)]);
    const { user } = open();
    await screen.findByText("Answer 3");
    expect(turns().map((turn) => turn.tabIndex)).toEqual([-1, -1, 0]);
    turns()[2]!.focus();
    await user.keyboard("kk");
    expect(turns()[0]).toHaveFocus();
    await user.keyboard("j");
    expect(turns()[1]).toHaveFocus();
    await user.keyboard("c");
    await waitFor(async () => expect(await navigator.clipboard.readText()).toBe("Answer 2"));
  });

  it("takes letters as letters where somebody writes", async () => {
    new TurnServer([done(1), done(2)]);
    const { user } = open();
    await screen.findByText("Answer 2");
    await user.type(composer(), "jkc");
    expect(composer()).toHaveValue("jkc");
    expect(composer()).toHaveFocus();
  });

  it("that cannot be loaded says so, and tries again", async () => {
    const server = new TurnServer([done(1)]);
    server.listings.push(problem(400, "invalid_request", "Not like this."));
    const { user } = open();
    expect(await screen.findByText("Not like this.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Retry" }));
    expect(await screen.findByText("Answer 1")).toBeVisible();
  });
});

describe("the composer", () => {
  it("recalls the last message with the arrow up", async () => {
    new TurnServer([done(1)]);
    const { user } = open();
    await screen.findByText("Answer 1");
    await user.click(composer());
    await user.keyboard("{ArrowUp}");
    expect(composer()).toHaveValue("Question 1");
  });

  it("leaves Enter to the input method that composes a word", async () => {
    const server = new TurnServer([done(1)]);
    const { user } = open();
    await user.type(composer(), "日本");
    fireEvent.keyDown(composer(), { key: "Enter", isComposing: true });
    fireEvent.keyDown(composer(), { key: "Enter", keyCode: 229 });
    expect(composer()).toHaveValue("日本");
    expect(server.posted).toEqual([]);
  });

  it("breaks the line with Shift and Enter", async () => {
    new TurnServer([done(1)]);
    const { user } = open();
    await user.type(composer(), "one{Shift>}{Enter}{/Shift}two");
    expect(composer()).toHaveValue("one\ntwo");
  });

  it("sends a file with the message", async () => {
    const server = new TurnServer([done(1)]);
    const { user } = open();
    await screen.findByText("Answer 1");
    await user.upload(
      screen.getByLabelText("Attach a file", { selector: "input" }),
      new File(["a,b\n1,2"], "table.csv", { type: "text/csv" }),
    );
    expect(screen.getByRole("group", { name: "Attached: table.csv" })).toBeVisible();
    await write(user, "What is in it?");
    await waitFor(() => expect(server.posted).toHaveLength(1));
    expect(server.posted[0]?.messages[0]?.file).toEqual({
      name: "table.csv",
      type: "text/csv",
      size: 7,
      content: btoa("a,b\n1,2"),
    });
    expect(screen.queryByRole("group", { name: "Attached: table.csv" })).toBeNull();
  });

  it("refuses a file that the server would refuse, and says why", async () => {
    new TurnServer([done(1)]);
    const { user } = open();
    await screen.findByText("Answer 1");
    await user.upload(
      screen.getByLabelText("Attach a file", { selector: "input" }),
      new File([new Uint8Array(8)], "report.mov", { type: "video/quicktime" }),
    );
    expect(await screen.findByText("report.mov: video/quicktime is not accepted.")).toBeVisible();
    expect(screen.queryByRole("group", { name: "Attached: report.mov" })).toBeNull();
  });
});
