import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { problem } from "@/testing/fake-server";
import { done, openTalk, prepareTalk, turns, write } from "@/testing/talk";
import { TurnServer } from "@/testing/turn-server";

beforeEach(prepareTalk);
afterEach(() => vi.restoreAllMocks());

const asked = () => !fireEvent(window, new Event("beforeunload", { cancelable: true }));

it("a message that the browser does not keep says so as long as it waits", async () => {
  vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  const server = new TurnServer([done(1)]);
  server.refusals.push(problem(400, "invalid_request", "Not like that."));
  const talk = openTalk();
  await screen.findByText("Answer 1");
  expect(asked()).toBe(false);
  await write(talk, "Hello?");
  expect(await screen.findByText("This browser does not keep your message")).toBeVisible();
  await screen.findByText(/Not like that/, { selector: "article *" });
  expect(asked()).toBe(true);
  await talk.user.click(within(turns().at(-1)!).getByRole("button", { name: "Discard" }));
  await waitFor(() => expect(screen.queryByText(/does not keep/)).toBeNull());
  expect(asked()).toBe(false);
});
