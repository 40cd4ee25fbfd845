import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";

import { done, openTalk, polite, prepareTalk, turns } from "@/testing/talk";
import { TurnServer } from "@/testing/turn-server";
import { anAnswer } from "@/testing/values";

// What is fetched apart is there before a test begins: to fetch it is not what is tested.
import "./broken-turn";
import "./copied-rows";
import "./copy-last";

beforeEach(prepareTalk);

const coded = { ...done(1), output_message: anAnswer("So:\n\n```js\nlet a = 1;\n```\n") };

function select(from: Node, to: Node): void {
  const range = document.createRange();
  range.setStart(from, 0);
  range.setEnd(to, to.childNodes.length || (to.textContent?.length ?? 0));
  getSelection()?.removeAllRanges();
  getSelection()?.addRange(range);
  fireEvent(document, new Event("selectionchange"));
}

it("what is selected over several turns is copied as markdown; within one, as the browser has it", async () => {
  new TurnServer([coded, done(2), done(3)]);
  openTalk();
  await screen.findByText("Answer 3");
  const [first, second] = turns();
  const copied = new Map<string, string>();
  const clipboardData = { setData: (type: string, text: string) => copied.set(type, text) };
  select(first!, second!);
  await waitFor(() => expect(fireEvent.copy(document.body, { clipboardData })).toBe(false));
  expect(copied.get("text/plain")).toBe(
    "**You**\n\nQuestion 1\n\n**Agent**\n\nSo:\n\n```js\nlet a = 1;\n```\n\n\n" +
      "**You**\n\nQuestion 2\n\n**Agent**\n\nAnswer 2\n",
  );
  expect(polite()).toHaveTextContent("2 turns copied as Markdown");
  select(second!, second!);
  expect(fireEvent.copy(document.body, { clipboardData })).toBe(true);
});

it("the last answer and the last code are copied from anywhere", async () => {
  new TurnServer([coded, done(2)]);
  const { user } = openTalk();
  await screen.findByText("Answer 2");
  await user.keyboard("{Control>}{Shift>}Y{/Shift}{/Control}");
  await waitFor(async () => expect(await navigator.clipboard.readText()).toBe("Answer 2"));
  await user.keyboard("{Control>}{Shift>}:{/Shift}{/Control}");
  await waitFor(async () => expect(await navigator.clipboard.readText()).toBe("let a = 1;"));
});

it("a turn that cannot be drawn can be read as it is", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined); // React tells of it there, too
  const broken = { ...done(2), steps: null as never };
  new TurnServer([done(1), broken]);
  const { user } = openTalk();
  await screen.findByText("Answer 1");
  expect(await screen.findByText("This turn cannot be shown")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Show raw" }));
  expect(screen.getByRole("region", { name: /as the server has it/ })).toHaveTextContent(
    "Question 2",
  );
  await user.click(screen.getByRole("button", { name: "Copy raw" }));
  await waitFor(async () =>
    expect(JSON.parse(await navigator.clipboard.readText())).toEqual(broken),
  );
});
