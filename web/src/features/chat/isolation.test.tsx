import { act, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";

import { drawnDuring } from "@/testing/drawn";
import { done, openTalk, prepareTalk } from "@/testing/talk";
import { TurnServer } from "@/testing/turn-server";

beforeEach(prepareTalk);

it("what streams draws its own turn, and neither the composer nor any other turn", async () => {
  const server = new TurnServer([done(1), done(2)]);
  server.accept({ key: "k", messages: [{ role: "user", content: "Go on" }] }, "s1");
  server.infer();
  server.say("word");
  const { container } = openTalk();
  await screen.findByText("word");
  await waitFor(() => expect(server.isFollowed("t3")).toBe(true));
  act(() => server.say(" one"));
  await screen.findByText("word one");

  const drawn = await drawnDuring(container, async () => {
    act(() => server.say(" two"));
    await screen.findByText("word one two");
  });

  expect(drawn.filter((name) => name === "TurnItem")).toHaveLength(1);
  expect(drawn.filter((name) => name === "TurnRenderer")).toHaveLength(1);
  const still = ["ChatPane", "Talk", "Composer", "ComposerInput", "TranscriptList", "TurnArticle"];
  expect(drawn.filter((name) => still.includes(name))).toEqual([]);

  const drawnByTheEnd = await drawnDuring(container, async () => {
    act(() => server.finish());
    await screen.findByRole("button", { name: "Send" });
  });
  expect(drawnByTheEnd).toEqual(expect.arrayContaining(still));
});
