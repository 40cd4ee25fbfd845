import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import { composer, done, openTalk, prepareTalk, write } from "@/testing/talk";
import { TurnServer } from "@/testing/turn-server";

beforeEach(prepareTalk);

describe("the composer", () => {
  it("recalls the last message with the arrow up", async () => {
    new TurnServer([done(1)]);
    const { user } = openTalk();
    await screen.findByText("Answer 1");
    await user.click(composer());
    await user.keyboard("{ArrowUp}");
    expect(composer()).toHaveValue("Question 1");
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

  it("sends a file with the message", async () => {
    const server = new TurnServer([done(1)]);
    const { user } = openTalk();
    await screen.findByText("Answer 1");
    await user.upload(
      screen.getByLabelText("Attach a file", { selector: "input" }),
      new File(["a,b\n1,2"], "table.csv", { type: "text/csv" }),
    );
    expect(screen.getByRole("group", { name: "Attached: table.csv" })).toBeVisible();
    await write({ user }, "What is in it?");
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
    const { user } = openTalk();
    await screen.findByText("Answer 1");
    await user.upload(
      screen.getByLabelText("Attach a file", { selector: "input" }),
      new File([new Uint8Array(8)], "report.mov", { type: "video/quicktime" }),
    );
    expect(await screen.findByText("report.mov: video/quicktime is not accepted.")).toBeVisible();
    expect(screen.queryByRole("group", { name: "Attached: report.mov" })).toBeNull();
  });

  it("keeps what is too long, and says so", async () => {
    const server = new TurnServer([done(1)]);
    const { user } = openTalk();
    await screen.findByText("Answer 1");
    await user.click(composer());
    await user.paste("x".repeat(1_000_001));
    await user.keyboard("{Enter}");
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
