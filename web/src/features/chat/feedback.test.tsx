import { screen, waitFor, within } from "@testing-library/react";
import { http } from "msw";
import { beforeEach, expect, it } from "vitest";

import { violations } from "@/testing/axe";
import { problem } from "@/testing/fake-server";
import { giveMouse } from "@/testing/layout";
import { server as network } from "@/testing/server";
import { done, openTalk, prepareTalk, turns } from "@/testing/talk";
import { TurnServer } from "@/testing/turn-server";

import "@/features/chat/transcript/turn-feedback";

beforeEach(prepareTalk);

const FEEDBACK = "/v1/agents/:agent/session/:session/turn/:turn/feedback";

const thumb = async (name: string) => {
  await screen.findByText("Answer 1");
  return within(turns()[0]!).findByRole("button", { name });
};

it("a thumb counts when it is pressed, and is taken back when it is pressed again", async () => {
  const { rated: said } = new TurnServer([done(1)]);
  const { user } = openTalk();
  await user.click(await thumb("Good answer"));
  await screen.findByRole("dialog", { name: "Say more" });
  await user.keyboard("{Escape}");
  await waitFor(() => expect(said).toEqual([{ rating: "up", comment: "" }]));
  expect(await thumb("Good answer")).toHaveAttribute("aria-pressed", "true");
  expect(await thumb("Bad answer")).toHaveAttribute("aria-pressed", "false");
  await user.click(await thumb("Good answer"));
  expect(screen.queryByRole("dialog", { name: "Say more" })).toBeNull();
  await waitFor(() => expect(said.at(-1)).toBeNull());
  expect(await thumb("Good answer")).toHaveAttribute("aria-pressed", "false");
});

it("words may be said about it", async () => {
  const { rated: said } = new TurnServer([done(1)]);
  giveMouse();
  const { user } = openTalk();
  await user.click(await thumb("Bad answer"));
  const dialog = await screen.findByRole("dialog", { name: "Say more" });
  expect(await violations()).toEqual([]);
  expect(within(dialog).getByRole("textbox")).toHaveFocus();
  await user.keyboard("Wrong year.");
  await user.click(within(dialog).getByRole("button", { name: "Send" }));
  await waitFor(() => expect(said.at(-1)).toEqual({ rating: "down", comment: "Wrong year." }));
  await waitFor(() => expect(screen.queryByRole("dialog", { name: "Say more" })).toBeNull());
});

it("what the server does not keep is not shown as kept", async () => {
  new TurnServer([{ ...done(1), feedback: { rating: "down", comment: "" } }]);
  network.use(http.put(FEEDBACK, () => problem(409, "conflict", "Not now.")));
  const { user } = openTalk();
  expect(await thumb("Bad answer")).toHaveAttribute("aria-pressed", "true");
  await user.click(await thumb("Good answer"));
  expect(await screen.findByText("Your feedback was not kept: Not now.")).toBeVisible();
  await user.keyboard("{Escape}");
  expect(await thumb("Bad answer")).toHaveAttribute("aria-pressed", "true");
});
