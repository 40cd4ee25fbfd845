import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { draftKey, readDraft } from "@/storage";
import { violations } from "@/testing/axe";
import { problem } from "@/testing/fake-server";
import { giveMouse } from "@/testing/layout";
import { composer, done, openTalk, prepareTalk, turns, urgent, write } from "@/testing/talk";
import { TurnServer } from "@/testing/turn-server";
import { aTurn } from "@/testing/values";

// What is fetched apart is there before a test begins: to fetch it is not what is tested.
import "./composer/limited";

beforeEach(prepareTalk);

describe("a new session", () => {
  it("says with whom one talks and how one may begin", async () => {
    new TurnServer();
    const { container } = openTalk(null);
    expect(screen.getByRole("heading", { name: "Scholar" })).toBeVisible();
    expect(screen.getByText("Knows a little of everything.")).toBeVisible();
    expect(screen.getByRole("button", { name: "What can you do?" })).toBeVisible();
    expect(await violations(container)).toEqual([]);
  });

  it("can be written in at once, where there is a mouse", async () => {
    new TurnServer();
    giveMouse();
    openTalk(null);
    await waitFor(() => expect(composer()).toHaveFocus());
  });

  it("brings no keyboard over itself on a touch screen", () => {
    new TurnServer();
    openTalk(null);
    expect(composer()).not.toHaveFocus();
  });

  it("is made by the first message, whose row stays the same through it", async () => {
    const server = new TurnServer();
    const { user } = openTalk(null);
    await write({ user }, "Good morning");
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
    const { user } = openTalk(null);
    await user.click(screen.getByRole("button", { name: "What can you do?" }));
    await waitFor(() => expect(server.posted).toHaveLength(1));
    expect(server.posted[0]?.messages[0]?.content).toBe("What can you do?");
  });
});

describe("a message", () => {
  it("is there at once, and the answer grows under it", async () => {
    const server = new TurnServer([done(1)]);
    const { user } = openTalk();
    await screen.findByText("Answer 1");
    await write({ user }, "And then?");
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
    server.refusals.push(problem(429, "rate_limited", "Slower.", { retry_after: 3 }));
    const { user } = openTalk();
    await screen.findByText("Answer 1");
    await write({ user }, "Hello?");
    const form = within(screen.getByRole("form", { name: "Message" }));
    expect(await form.findByText("Too many messages right now")).toBeVisible();
    expect(form.getByRole("timer")).toBeVisible();
    expect(form.getByText(/^Sent by itself in/)).toBeVisible();
    expect(await violations()).toEqual([]);
    await waitFor(() => expect(server.posted).toHaveLength(1), { timeout: 30_000 });
    expect(form.queryByRole("timer")).toBeNull();
    expect(turns()).toHaveLength(2);
  });

  it("is written on when the wait for the server is cut short, below it what was begun meanwhile", async () => {
    const server = new TurnServer([done(1)]);
    const spent = "You have used 20 tokens today, and 20 are yours.";
    server.refusals.push(problem(429, "rate_limited", spent, { retry_after: 30_000 }));
    const { user } = openTalk();
    await screen.findByText("Answer 1");
    await write({ user }, "Hello?");
    const form = within(screen.getByRole("form", { name: "Message" }));
    expect(await form.findByText(spent)).toBeVisible();
    expect(form.getByText(/in [89]h \d+m$|in 10h \d+m$/)).toBeVisible();
    await user.type(composer(), "And then");
    await user.click(form.getByRole("button", { name: "Cancel" }));
    expect(composer()).toHaveValue("Hello?\n\nAnd then");
    expect(form.queryByRole("timer")).toBeNull();
    expect(turns()).toHaveLength(1);
    expect(server.posted).toHaveLength(0);
  });

  it("that waits for the network is taken back, as there is nothing to be stopped", async () => {
    const server = new TurnServer([done(1)]);
    const { user } = openTalk();
    await screen.findByText("Answer 1");
    vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    await write({ user }, "Hello?");
    await user.click(await screen.findByRole("button", { name: "Take the message back" }));
    expect(screen.queryByRole("button", { name: "Stop" })).toBeNull();
    expect(composer()).toHaveValue("Hello?");
    expect(turns()).toHaveLength(1);
    expect(server.posted).toEqual([]);
    vi.restoreAllMocks();
  });

  it("that was refused says why, and can be written anew", async () => {
    const server = new TurnServer([done(1)]);
    server.refusals.push(problem(400, "invalid_request", "The message is too long."));
    const { user } = openTalk();
    await screen.findByText("Answer 1");
    await write({ user }, "Hello?");
    const reason = await within(await screen.findByRole("feed")).findByText(/is too long/);
    expect(reason).toBeVisible();
    expect(urgent()).toHaveTextContent("The message is too long.");
    const refused = within(turns().at(-1)!);
    expect(refused.queryByRole("button", { name: "Retry" })).toBeNull();
    expect(await violations()).toEqual([]);
    await user.click(refused.getByRole("button", { name: "Edit" }));
    expect(composer()).toHaveValue("Hello?");
    expect(turns()).toHaveLength(1);
  });

  it("to a session that is gone becomes the draft again", async () => {
    const server = new TurnServer([done(1)]);
    server.refusals.push(problem(404, "session_not_found", "Gone."));
    const { user } = openTalk();
    await screen.findByText("Answer 1");
    await write({ user }, "Hello?");
    await waitFor(() => expect(composer()).toHaveValue("Hello?"));
    await waitFor(async () =>
      expect(await readDraft(draftKey("agent-1", "s1"))).toEqual({ text: "Hello?", files: [] }),
    );
  });
});

describe("a turn that did not end well", () => {
  const cut = (values: object) =>
    aTurn({ turn_id: "t2", n: 2, session_id: "s1", last_event_id: "2.1.9", ...values });

  it("that failed says why, and asks the same again", async () => {
    const error = { code: "model_unavailable", message: "The model server does not answer." };
    const server = new TurnServer([done(1), cut({ status: "failed", error })]);
    const { user } = openTalk();
    expect(await screen.findByText("The model server does not answer.")).toBeVisible();
    expect(screen.getByText("Code: model_unavailable")).toBeVisible();
    expect(await violations()).toEqual([]);
    await user.click(within(turns().at(-1)!).getByRole("button", { name: "Retry" }));
    await waitFor(() => expect(server.posted).toHaveLength(1));
    expect(server.posted[0]?.messages).toEqual(server.turn("t2").input_messages);
  });

  it("that the server left behind says so", async () => {
    const error = { code: "interrupted", message: "The server stopped." };
    new TurnServer([cut({ status: "failed", error })]);
    openTalk();
    expect(await screen.findByText("Interrupted: the server restarted")).toBeVisible();
  });

  it("that was stopped can be gone on with", async () => {
    const server = new TurnServer([cut({ status: "cancelled" })]);
    const { user } = openTalk();
    await user.click(await screen.findByRole("button", { name: "Continue" }));
    await waitFor(() => expect(server.posted).toHaveLength(1));
    expect(server.posted[0]?.messages[0]?.content).toBe("Continue");
  });
});
