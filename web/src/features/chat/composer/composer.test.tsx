import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import { composer, done, openTalk, prepareTalk } from "@/testing/talk";
import { TurnServer } from "@/testing/turn-server";

beforeEach(prepareTalk);

describe("the composer", () => {
  it("puts the last message in other words with the arrow up", async () => {
    new TurnServer([done(1)]);
    const { user } = openTalk();
    await screen.findByText("Answer 1");
    await user.click(composer());
    await user.keyboard("{ArrowUp}");
    expect(await screen.findByDisplayValue("Question 1")).toHaveFocus();
  });

  it("leaves Enter to the input method that composes a word", async () => {
    const server = new TurnServer([done(1)]);
    const { user } = openTalk();
    await user.type(composer(), "日本");
    fireEvent.keyDown(composer(), { key: "Enter", isComposing: true });
    fireEvent.keyDown(composer(), { key: "Enter", keyCode: 229 });
    expect(composer()).toHaveValue("日本");
    expect(server.posted).toEqual([]);
  });

  it("breaks the line with Shift and Enter", async () => {
    new TurnServer([done(1)]);
    const { user } = openTalk();
    await user.type(composer(), "one{Shift>}{Enter}{/Shift}two");
    expect(composer()).toHaveValue("one\ntwo");
  });

  it("keeps what is too long, and says so", async () => {
    const server = new TurnServer([done(1)]);
    const { user } = openTalk();
    await screen.findByText("Answer 1");
    fireEvent.change(composer(), { target: { value: "x".repeat(1_000_001) } });
    await user.type(composer(), "{Enter}");
    expect(
      await screen.findByText(/has 1,000,001 characters, the limit is 1,000,000/),
    ).toBeVisible();
    expect(composer()).toHaveValue("x".repeat(1_000_001));
    expect(server.posted).toEqual([]);
  });

  it("sends without the blank lines around, but with the indentation", async () => {
    const server = new TurnServer([done(1)]);
    const { user } = openTalk();
    await screen.findByText("Answer 1");
    await user.click(composer());
    await user.paste("\n\n  indented\nmore\n\n");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(server.posted).toHaveLength(1));
    expect(server.posted[0]?.messages[0]?.content).toBe("  indented\nmore");
  });
});
