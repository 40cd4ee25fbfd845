import { act, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";

import { problem } from "@/testing/fake-server";
import { openTalk, prepareTalk, turns, urgent } from "@/testing/talk";
import { TurnServer } from "@/testing/turn-server";

beforeEach(prepareTalk);

const CALL = {
  call_id: "c1",
  tool_name: "door",
  arguments: { open: true },
  arguments_json: '{"open": true}',
};

/** A talk whose agent was lost while its tool ran. */
async function waiting() {
  const server = new TurnServer();
  server.accept({ key: "k", messages: [{ role: "user", content: "Open the door" }] }, "s1");
  const talk = openTalk();
  await waitFor(() => expect(server.isFollowed("t1")).toBe(true));
  act(() => server.loseTool(CALL));
  await screen.findByRole("group", { name: "Decision about door" });
  return { server, ...talk };
}

it("a decision lets the turn go on in its place", async () => {
  const { server, user } = await waiting();
  await user.click(screen.getByRole("button", { name: "Run it again" }));
  await waitFor(() =>
    expect(server.decided).toMatchObject([{ call_id: "c1", decision: "approve", attempt: 1 }]),
  );
  await waitFor(() => expect(screen.queryByRole("group", { name: /Decision/ })).toBeNull());
  expect(turns()[0]).toHaveFocus();
  act(() => server.answer("It is open."));
  expect(await screen.findByText("It is open.")).toBeVisible();
  expect(turns()).toHaveLength(1);
});

it("that a decision is wanted is told at once to those who do not see it", async () => {
  await waiting();
  await waitFor(() => expect(urgent()).toHaveTextContent(/may already have run/));
  expect(screen.getByRole("group", { name: /Decision/ })).not.toContainElement(
    document.activeElement as HTMLElement,
  );
});

it("what was decided elsewhere meanwhile shows as it is", async () => {
  const { server, user } = await waiting();
  server.refusals.push(problem(409, "already_decided", "It was decided before."));
  server.happen({ event_type: "turn_resume", at: "" });
  await user.click(screen.getByRole("button", { name: "Run it again" }));
  await waitFor(() => expect(screen.queryByRole("group", { name: /Decision/ })).toBeNull());
  expect(server.decided).toEqual([]);
});
