import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { openRecords } from "@/storage";
import { prefer } from "@/storage/preferences";
import { composer, done, openTalk, polite, prepareTalk, write } from "@/testing/talk";
import { TurnServer } from "@/testing/turn-server";

beforeEach(prepareTalk);

describe("while the agent works", () => {
  async function busy() {
    const server = new TurnServer([done(1)]);
    const page = openTalk();
    await screen.findByText("Answer 1");
    await write(page, "Tell me a story");
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
    await write({ user }, "And after that?");
    const queue = await screen.findByRole("list", { name: "Waiting messages" });
    expect(within(queue).getByText("And after that?")).toBeVisible();
    expect(composer()).toHaveValue("");
    act(() => server.finish());
    await waitFor(() => expect(server.posted).toHaveLength(2));
    expect(server.posted[1]?.messages[0]?.content).toBe("And after that?");
    expect(screen.queryByRole("list", { name: "Waiting messages" })).toBeNull();
  });

  it("what waits outlives a reload", async () => {
    const { user, unmount, server } = await busy();
    await write({ user }, "And after that?");
    unmount();
    openTalk();
    expect(await screen.findByRole("list", { name: "Waiting messages" })).toHaveTextContent(
      "And after that?",
    );
    await waitFor(() => expect(server.isFollowed("t2")).toBe(true));
    act(() => server.finish());
    await waitFor(() => expect(server.posted).toHaveLength(2));
  });

  it("what waits is sent once, also when the browser copies the tab", async () => {
    const { user, server } = await busy();
    await write({ user }, "And after that?");
    openTalk();
    const waiting = () => screen.queryAllByRole("list", { name: "Waiting messages" });
    await waitFor(() => expect(waiting()).toHaveLength(2));
    act(() => server.finish());
    await waitFor(() => expect(waiting()).toHaveLength(0));
    await waitFor(async () => expect(await openRecords("outbox").all()).toEqual([]));
    expect(server.posted.map(({ messages }) => messages[0]?.content)).toEqual([
      "Tell me a story",
      "And after that?",
    ]);
  });

  it("what waits can be written anew, dropped, or sent in place of the answer", async () => {
    const { user, server } = await busy();
    await write({ user }, "one");
    await write({ user }, "two");
    await write({ user }, "three");
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

  it("what waits can be put in another order, by button and by hand", async () => {
    const { user, server } = await busy();
    for (const text of ["one", "two", "three"]) await write({ user }, text);
    const items = () =>
      within(screen.getByRole("list", { name: "Waiting messages" })).getAllByRole("listitem");
    const order = () => items().map((item) => item.textContent);
    const later = within(items()[0]!).getByRole("button", { name: "Move down" });
    await user.click(later);
    expect(order()).toEqual(["two", "one", "three"]);
    expect(later).toHaveFocus();
    expect(polite()).toHaveTextContent("Now 2 of 3");
    await user.click(within(items()[0]!).getByRole("button", { name: "Move up" })); // it is there already
    expect(order()).toEqual(["two", "one", "three"]);

    const dataTransfer = { types: ["text/plain"], setData: () => undefined };
    fireEvent.dragStart(items()[2]!, { dataTransfer });
    fireEvent.dragOver(items()[0]!, { dataTransfer });
    fireEvent.dragEnd(items()[0]!, { dataTransfer });
    expect(order()).toEqual(["three", "two", "one"]);
    act(() => server.finish());
    await waitFor(() => expect(server.posted[1]?.messages[0]?.content).toBe("three"));
  });

  it("Stop ends the answer and keeps what there is; what waits goes on waiting", async () => {
    const { user, server } = await busy();
    await write({ user }, "And after that?");
    const stops = screen.getAllByRole("button", { name: "Stop" }); // a turn that takes long has another one
    await user.click(stops.at(-1)!);
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

  it("the answer is read to those who want that", async () => {
    prefer({ readsAnswers: true });
    const { server } = await busy();
    act(() => {
      server.say(" a **time**.");
      server.finish();
    });
    await waitFor(() => expect(polite()).toHaveTextContent("Once upon a time."));
    prefer({ readsAnswers: false });
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

describe("while a message is being sent", () => {
  it("Stop is kept, says so, and ends the turn once it is known", async () => {
    let answer: () => void = () => undefined;
    const server = new TurnServer([done(1)]);
    server.slowness = new Promise((resolve) => (answer = resolve));
    const { user } = openTalk();
    await screen.findByText("Answer 1");
    await write({ user }, "Tell me a story");
    await waitFor(() => expect(server.posted).toHaveLength(1));
    await user.click(screen.getByRole("button", { name: "Stop" }));
    expect(await screen.findByRole("button", { name: "Stopping…" })).toBeDisabled();
    expect(polite()).toHaveTextContent("Stopping…");
    await user.keyboard("{Escape}"); // once is enough
    expect(server.cancelled).toEqual([]);
    act(answer);
    expect(await screen.findByText("Stopped", { selector: "article *" })).toBeVisible();
    expect(server.cancelled).toEqual(["t2"]);
    await waitFor(() => expect(polite()).toHaveTextContent("Stopped"));
    expect(screen.queryByRole("button", { name: "Stopping…" })).toBeNull();
  });

  it("what was stopped and never arrived is written anew", async () => {
    let refuse: (answer: Response) => void = () => undefined;
    const server = new TurnServer([done(1)]);
    server.refusals.push(new Promise((resolve) => (refuse = resolve)));
    const { user } = openTalk();
    await screen.findByText("Answer 1");
    await write({ user }, "Tell me a story");
    await user.click(await screen.findByRole("button", { name: "Stop" }));
    await screen.findByRole("button", { name: "Stopping…" });
    refuse(HttpResponse.error());
    await waitFor(() => expect(composer()).toHaveValue("Tell me a story"));
    expect(screen.queryByText("Tell me a story", { selector: "article *" })).toBeNull();
    expect(server.posted).toEqual([]);
    expect(await openRecords("outbox").all()).toEqual([]);
  });
});
