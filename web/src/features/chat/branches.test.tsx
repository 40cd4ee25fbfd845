import { act, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { violations } from "@/testing/axe";
import { composer, done, openTalk, prepareTalk, scholar, turns } from "@/testing/talk";
import { problem } from "@/testing/fake-server";
import { server as network } from "@/testing/server";
import { TurnServer } from "@/testing/turn-server";
import { anAccount, anAgent, anAnswer, aSession } from "@/testing/values";

beforeEach(prepareTalk);

const turn = (name: string) => screen.getByRole("article", { name });
const names = () =>
  turns().map((one) => within(one).getByRole("heading", { level: 2 }).textContent);
const editor = () => screen.findByRole("textbox", { name: "Edit your message" });

/** Three turns, of which the second was tried twice: the second try is shown, and the end of its branch. */
async function branched() {
  const server = new TurnServer([done(1), done(2), done(3)]);
  server.accept(
    { key: "k", messages: [{ role: "user", content: "Question 2" }], parent: "t1" },
    "s1",
  );
  server.answer("Another answer");
  const talk = openTalk();
  await screen.findByText("Another answer");
  return { server, ...talk };
}

describe("a turn that is tried again", () => {
  it("stands where it stood, and what comes of it is followed", async () => {
    const server = new TurnServer([done(1), done(2)]);
    const { user } = openTalk();
    await screen.findByText("Answer 2");
    const row = turn("Question 2");
    await user.click(within(row).getByRole("button", { name: "Retry" }));
    await waitFor(() => expect(server.isFollowed("t3")).toBe(true));
    expect(server.last.parent_turn_id).toBe("t1");
    expect(turns()).toHaveLength(2);
    expect(turn("Question 2")).toBe(row);
    expect(screen.queryByText("Answer 2")).toBeNull();
    act(() => server.answer("A better one"));
    expect(await screen.findByText("A better one")).toBeVisible();
    expect(within(row).getByRole("group", { name: "Version 2 of 2" })).toBeVisible();
  });

  it("in the middle leaves what came after it on the other branch", async () => {
    const server = new TurnServer([done(1), done(2), done(3)]);
    const { user } = openTalk();
    await screen.findByText("Answer 3");
    turn("Question 1").focus();
    await user.keyboard("r");
    await waitFor(() => expect(server.isFollowed("t4")).toBe(true));
    expect(names()).toEqual(["Question 1"]);
    act(() => server.answer("Anew"));
    await screen.findByText("Anew");
    await user.keyboard("{ArrowLeft}");
    await waitFor(() => expect(names()).toEqual(["Question 1", "Question 2", "Question 3"]));
    expect(turns()[0]).toHaveFocus();
  });
});

describe("a turn that another agent tries again", () => {
  it("is asked in a session of that one's, after what was said before it", async () => {
    const server = new TurnServer([done(1), { ...done(2), parent_turn_id: "t1" }]);
    server.agents = [scholar, anAgent("agent-2", { name: "Poet" })];
    const forks: unknown[] = [];
    network.use(
      http.post("/v1/agents/:agent/session/:session/fork", async ({ request }) => {
        forks.push(await request.json());
        return HttpResponse.json(aSession("s2", { agent_id: "agent-2" }), { status: 201 });
      }),
    );
    const { user } = openTalk();
    await screen.findByText("Answer 2");
    await user.click(within(turns()[1]!).getByRole("button", { name: "More actions" }));
    await user.click(await screen.findByRole("menuitem", { name: "Retry with another agent…" }));
    expect(screen.queryByRole("menuitem", { name: "Retry with Scholar" })).toBeNull();
    await user.click(await screen.findByRole("menuitem", { name: "Retry with Poet" }));
    await waitFor(() => expect(location.pathname).toBe("/a/agent-2/s/s2"));
    expect(forks).toEqual([{ turn_id: "t1", agent_id: "agent-2" }]);
    expect(server.posted).toMatchObject([{ messages: [{ content: "Question 2" }] }]);
  });
});

describe("a message that is put in other words", () => {
  it("becomes a turn of its own beside the first, with the files of that", async () => {
    const file = { file_id: "f1", name: "a.txt", type: "text/plain", size: 3 };
    const first = {
      ...done(2),
      input_messages: [{ role: "user" as const, content: "Qestion", files: [file] }],
    };
    const server = new TurnServer([done(1), first]);
    const { user } = openTalk();
    await screen.findByText("Answer 1");
    await user.click(within(turns()[1]!).getByRole("button", { name: "Edit message" }));
    const field = await editor();
    expect(field).toHaveFocus();
    expect(field).toHaveValue("Qestion");
    expect(within(turns()[1]!).getByRole("button", { name: "Send" })).toBeDisabled();
    expect(await violations()).toEqual([]);
    await user.clear(field);
    await user.type(field, "Question{Enter}");
    await waitFor(() => expect(server.posted).toHaveLength(1));
    expect(server.posted[0]).toMatchObject({
      messages: [{ content: "Question", files: [file] }],
      parent: "t1",
    });
    expect(names()).toEqual(["Question 1", "Question"]);
    expect(turns()[1]).toHaveFocus();
  });

  it("that was the first has no turn before it", async () => {
    const server = new TurnServer([done(1), done(2)]);
    const { user } = openTalk();
    await screen.findByText("Answer 2");
    turn("Question 1").focus();
    await user.keyboard("e");
    await user.type(await editor(), "!{Enter}");
    await waitFor(() => expect(server.posted).toHaveLength(1));
    expect(server.posted[0]).toMatchObject({
      messages: [{ content: "Question 1!" }],
      parent: null,
    });
    await waitFor(() => expect(names()).toEqual(["Question 1!"]));
  });

  it("is the last one, if the arrow up asks for it where nothing is written", async () => {
    const server = new TurnServer([done(1), done(2)]);
    const { user } = openTalk();
    await screen.findByText("Answer 2");
    await user.type(composer(), "{ArrowUp}");
    expect(await editor()).toHaveValue("Question 2");
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("textbox", { name: "Edit your message" })).toBeNull();
    expect(turn("Question 2")).toHaveFocus();
    expect(server.posted).toEqual([]);
  });
});

describe("versions of a turn", () => {
  it("are leafed through, round and round, and each has what came after it", async () => {
    const { user } = await branched();
    const row = turns()[1]!;
    await user.click(within(row).getByRole("button", { name: "Previous version" }));
    await waitFor(() => expect(names()).toEqual(["Question 1", "Question 2", "Question 3"]));
    expect(within(row).getByRole("group", { name: "Version 1 of 2" })).toBeVisible();
    expect(within(row).getByRole("button", { name: "Previous version" })).toHaveFocus();
    await user.keyboard("{Enter}");
    expect(await screen.findByText("Another answer")).toBeVisible();
    expect(names()).toEqual(["Question 1", "Question 2"]);
    expect(await violations()).toEqual([]);
  });

  it("are shown as another tab has chosen", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const { server } = await branched();
    server.switchTo("t2");
    await act(() => vi.advanceTimersByTimeAsync(3100));
    expect(await screen.findByText("Answer 3")).toBeVisible();
    expect(names()).toEqual(["Question 1", "Question 2", "Question 3"]);
    vi.useRealTimers();
  });

  it("cannot be left while the agent works", async () => {
    const { server, user } = await branched();
    await user.click(within(turns()[1]!).getByRole("button", { name: "Retry" }));
    await waitFor(() => expect(server.isFollowed("t5")).toBe(true));
    expect(within(turns()[0]!).getByRole("button", { name: "Retry" })).toBeDisabled();
    turns()[0]!.focus();
    await user.keyboard("e");
    expect(screen.queryByRole("textbox", { name: "Edit your message" })).toBeNull();
  });
});

describe("behind the ⋯ of a turn", () => {
  const choose = async (
    user: Awaited<ReturnType<typeof branched>>["user"],
    row: number,
    name: string,
  ) => {
    await user.click(within(turns()[row]!).getByRole("button", { name: "More actions" }));
    await user.click(await screen.findByRole("menuitem", { name }));
  };

  it("it is deleted with all that came after it, once that was confirmed", async () => {
    const { server, user } = await branched();
    await choose(user, 1, "Delete…");
    const dialog = await screen.findByRole("alertdialog", { name: "Delete this turn?" });
    expect(await violations(dialog)).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: "Delete" }));
    await waitFor(() => expect(names()).toEqual(["Question 1", "Question 2", "Question 3"]));
    expect(server.turns).toHaveLength(3);
  });

  it("a session begins with what was said up to it", async () => {
    const asked: unknown[] = [];
    network.use(
      http.post("/v1/agents/:agent/session/:session/fork", async ({ request }) => {
        asked.push(await request.json());
        return HttpResponse.json(aSession("s2"), { status: 201 });
      }),
    );
    const { user } = await branched();
    await choose(user, 0, "Continue in a new session");
    await waitFor(() => expect(location.pathname).toBe("/a/agent-1/s/s2"));
    expect(asked).toEqual([{ turn_id: "t1" }]);
  });

  it("a link can be made that ends with it", async () => {
    const asked: unknown[] = [];
    network.use(
      http.get("/v1/account", () => HttpResponse.json(anAccount)),
      http.get("/v1/agents/:agent/session/:session/shares", () =>
        HttpResponse.json({ shares: [], has_more: false, next_cursor: null }),
      ),
      http.post("/v1/agents/:agent/session/:session/share", async ({ request }) => {
        asked.push(await request.json());
        return problem(409, "conflict", "Not now.");
      }),
    );
    const { user } = await branched();
    await choose(user, 0, "Share up to here…");
    const dialog = await screen.findByRole("dialog", { name: "Share the talk up to here" });
    expect(within(dialog).queryByRole("button", { name: "Kept up to date" })).toBeNull();
    await user.click(within(dialog).getByRole("button", { name: "Make link" }));
    await waitFor(() => expect(asked).toMatchObject([{ turn_id: "t1", live: false }]));
  });

  it("it can be read as the server has it, and its id copied", async () => {
    const { user } = await branched();
    await choose(user, 0, "Show raw");
    const raw = await screen.findByRole("region", { name: "The turn as the server has it" });
    expect(raw).toHaveTextContent('"turn_id": "t1"');
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await choose(user, 0, "Copy the turn’s id");
    await waitFor(async () => expect(await navigator.clipboard.readText()).toBe("t1"));
  });

  it("its words can be copied without their marks", async () => {
    const answer = anAnswer("It is **sunny**.");
    new TurnServer([{ ...done(1), output_message: answer }]);
    const { user } = openTalk();
    await screen.findByText("sunny");
    await choose(user, 0, "Copy as plain text");
    await waitFor(async () => expect(await navigator.clipboard.readText()).toBe("It is sunny."));
  });

  it("there is a link to it", async () => {
    const { user } = await branched();
    await choose(user, 0, "Copy link to this turn");
    await waitFor(async () =>
      expect(await navigator.clipboard.readText()).toBe(
        `${location.origin}/a/agent-1/s/s1?turn=t1`,
      ),
    );
  });
});
