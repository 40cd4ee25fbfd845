import { act, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { prefer } from "@/storage/preferences";
import { problem } from "@/testing/fake-server";
import { giveSizes } from "@/testing/layout";
import { composer, done, openTalk, prepareTalk, turns } from "@/testing/talk";
import { TurnServer } from "@/testing/turn-server";
import { aSession } from "@/testing/values";

beforeEach(prepareTalk);
afterEach(() => {
  vi.useRealTimers();
});

describe("the transcript", () => {
  it("goes on where a reload in the middle of an answer has left it", async () => {
    const server = new TurnServer([done(1)]);
    server.accept({ key: "k", messages: [{ role: "user", content: "Go on" }] }, "s1");
    server.infer();
    server.say("Said before the reload");
    openTalk();
    expect(await screen.findByText("Said before the reload")).toBeVisible();
    await waitFor(() => expect(server.isFollowed("t2")).toBe(true));
    act(() => server.say(", and after it."));
    expect(await screen.findByText("Said before the reload, and after it.")).toBeVisible();
  });

  it("shows what another tab sends within seconds", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const server = new TurnServer([done(1)]);
    openTalk();
    await screen.findByText("Answer 1");
    server.accept({ key: "k", messages: [{ role: "user", content: "From elsewhere" }] }, "s1");
    await act(() => vi.advanceTimersByTimeAsync(3100));
    expect(await screen.findByRole("article", { name: "From elsewhere" })).toBeVisible();
    await waitFor(() => expect(server.isFollowed("t2")).toBe(true));
  });

  it("loads what is older until there is no more, and tells each turn's place", async () => {
    new TurnServer(Array.from({ length: 45 }, (_, index) => done(index + 1)));
    giveSizes({ row: 10, room: 600 });
    openTalk(aSession("s1", { turn_count: 45 }));
    await screen.findByText("Answer 1");
    const all = turns();
    expect(all).toHaveLength(45);
    expect(all.map((turn) => turn.getAttribute("aria-posinset")).slice(0, 2)).toEqual(["1", "2"]);
    expect(all[0]).toHaveAttribute("aria-setsize", "45");
  });

  it("keeps the draft of a session for the next visit", async () => {
    new TurnServer([done(1)]);
    const { user, unmount } = openTalk();
    await screen.findByText("Answer 1");
    await user.type(composer(), "half a thought");
    unmount();
    openTalk();
    await waitFor(() => expect(composer()).toHaveValue("half a thought"));
  });

  it("is read by keyboard: one tab stop, J and K, C to copy", async () => {
    new TurnServer([done(1), done(2), done(3)]);
    const { user } = openTalk();
    await screen.findByText("Answer 3");
    expect(turns().map((turn) => turn.tabIndex)).toEqual([-1, -1, 0]);
    turns()[2]!.focus();
    await user.keyboard("kk");
    expect(turns()[0]).toHaveFocus();
    await user.keyboard("j");
    expect(turns()[1]).toHaveFocus();
    act(() => prefer({ singleKeys: false }));
    await user.keyboard("j");
    expect(turns()[1]).toHaveFocus();
    act(() => prefer({ singleKeys: true }));
    await user.keyboard("c");
    await waitFor(async () => expect(await navigator.clipboard.readText()).toBe("Answer 2"));
  });

  it("is copied as far as it is written", async () => {
    const server = new TurnServer([done(1)]);
    const { user } = openTalk();
    await screen.findByText("Answer 1");
    await user.type(composer(), "Go on{Enter}");
    await waitFor(() => expect(server.isFollowed("t2")).toBe(true));
    act(() => {
      server.infer();
      server.say("So far, so good");
    });
    await screen.findByText("So far, so good");
    turns()[1]!.focus();
    await user.keyboard("c");
    await waitFor(async () => expect(await navigator.clipboard.readText()).toBe("So far, so good"));
  });

  it("takes letters as letters where somebody writes", async () => {
    new TurnServer([done(1), done(2)]);
    const { user } = openTalk();
    await screen.findByText("Answer 2");
    await user.type(composer(), "jkc");
    expect(composer()).toHaveValue("jkc");
    expect(composer()).toHaveFocus();
  });

  it("that cannot be loaded says so, and tries again", async () => {
    const server = new TurnServer([done(1)]);
    server.listings.push(problem(400, "invalid_request", "Not like this."));
    const { user } = openTalk();
    expect(await screen.findByText("Not like this.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Retry" }));
    expect(await screen.findByText("Answer 1")).toBeVisible();
  });
});
