import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import { violations } from "@/testing/axe";
import { problem } from "@/testing/fake-server";
import { openTalk, prepareTalk, turns, urgent, write } from "@/testing/talk";
import { AT, TurnServer } from "@/testing/turn-server";

beforeEach(prepareTalk);

/** A talk whose agent waits for a decision, and a message that the server did not take for it. */
async function blocked() {
  const server = new TurnServer();
  server.accept({ key: "k", messages: [{ role: "user", content: "Open the door" }] }, "s1");
  server.happen({ event_type: "turn_awaiting_input", reason: "approval", at: AT });
  server.refusals.push(
    problem(409, "turn_awaiting_input", "The last turn waits for input.", { turn_id: "t1" }),
  );
  const talk = openTalk();
  await screen.findByRole("article", { name: "Open the door" });
  await write(talk, "And the window");
  await screen.findByText(/waits for your decision/, { selector: "article *" });
  const note = () => within(turns().at(-1)!);
  return { server, note, ...talk };
}

const queue = () => screen.findByRole("list", { name: "Waiting messages" });

describe("a message that another turn is in the way of", () => {
  it("says so, and what can be done", async () => {
    const { note } = await blocked();
    expect(urgent()).toHaveTextContent("waits for your decision on its last turn");
    expect(note().queryByRole("button", { name: "Retry" })).toBeNull();
    expect(note().getByRole("button", { name: "Edit" })).toBeVisible();
    expect(await violations()).toEqual([]);
  });

  it("waits with what waits for the answer, and goes out when that has come", async () => {
    const { server, note, user } = await blocked();
    await user.click(note().getByRole("button", { name: "Send when it has answered" }));
    expect(within(await queue()).getByText("And the window")).toBeVisible();
    expect(turns()).toHaveLength(1);
    expect(server.posted).toHaveLength(1);
    server.happen({ event_type: "turn_resume", at: AT });
    act(() => server.answer("It is open."));
    await waitFor(() => expect(server.posted).toHaveLength(2));
    expect(server.posted[1]?.messages[0]?.content).toBe("And the window");
    await waitFor(() =>
      expect(screen.queryByRole("list", { name: "Waiting messages" })).toBeNull(),
    );
  });

  it("stops that turn and takes its place, under the same key", async () => {
    const { server, note, user } = await blocked();
    await user.click(note().getByRole("button", { name: "Stop it and send now" }));
    await waitFor(() => expect(server.posted).toHaveLength(2));
    expect(server.cancelled).toEqual(["t1"]);
    expect(server.posted[1]?.messages[0]?.content).toBe("And the window");
    await waitFor(() => expect(server.isFollowed("t2")).toBe(true));
    expect(turns()).toHaveLength(2);
  });

  it("stays as it is when that turn cannot be stopped", async () => {
    const { server, note, user } = await blocked();
    server.refusesToStop = true;
    await user.click(note().getByRole("button", { name: "Stop it and send now" }));
    await waitFor(() => expect(server.stopsRefused).toBe(1));
    expect(await note().findByRole("button", { name: "Stop it and send now" })).toBeVisible();
    expect(server.posted).toHaveLength(1);
    expect(turns().at(-1)).toHaveAccessibleName("And the window");
  });
});
