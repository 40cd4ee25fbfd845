import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";

import type { OwnLimits } from "@/api/types";
import { violations } from "@/testing/axe";
import { problem } from "@/testing/fake-server";
import { renderPage } from "@/testing/render-page";
import { server } from "@/testing/server";
import { anAccount, aUser, someUsage } from "@/testing/values";

import { OwnUsage } from "./own-usage";
import { UsersPage } from "./users-page";

test("one sees what one uses, and of what there is a limit how much of it", async () => {
  server.use(http.get("/v1/account/usage", () => HttpResponse.json(someUsage())));
  renderPage(
    <main>
      <h1>Account</h1>
      <OwnUsage />
    </main>,
  );

  const tokens = await screen.findByRole("meter", { name: "Tokens today" });
  expect(tokens).toHaveAttribute("aria-valuetext", "1,500 of 20,000");
  expect(screen.getByText("58 of 60")).toBeVisible();
  expect(screen.getByText("2.5 MB")).toBeVisible();
  expect(screen.getAllByRole("meter")).toHaveLength(2);
  expect(screen.getAllByText("No limit")).toHaveLength(3);
  expect(await violations()).toEqual([]);
});

test("usage that could not be loaded is asked for again", async () => {
  let isBroken = true;
  server.use(
    http.get("/v1/account/usage", () =>
      isBroken ? problem(400, "invalid_request", "Not now.") : HttpResponse.json(someUsage()),
    ),
  );
  const { user } = renderPage(<OwnUsage />);
  expect(await screen.findByText("Not now.")).toBeVisible();
  isBroken = false;
  await user.click(screen.getByRole("button", { name: "Retry" }));
  expect(await screen.findByText("1,500 of 20,000")).toBeVisible();
});

const NOTHING_SET: OwnLimits = {
  tokens_per_day: null,
  storage_bytes: null,
  requests_per_minute: null,
  concurrent_turns: null,
  open_streams: null,
};

function serveLimits() {
  const state = { own: { ...NOTHING_SET, storage_bytes: 1_500_000 }, put: [] as OwnLimits[] };
  const answer = () => {
    const said = Object.entries(state.own).map(([name, value]) => [name, value ?? 0]);
    const effective = { ...(Object.fromEntries(said) as object), requests_per_minute: 60 };
    return HttpResponse.json({ own: state.own, effective });
  };
  server.use(
    http.get("/v1/account", () => HttpResponse.json(anAccount())),
    http.get("/v1/users", () =>
      HttpResponse.json({
        users: [aUser(), aUser({ user_id: "u2", name: "ben", role: "user" })],
        has_more: false,
        next_cursor: null,
      }),
    ),
    http.get("/v1/users/u2/limits", answer),
    http.put<never, typeof state.own>("/v1/users/u2/limits", async ({ request }) => {
      state.own = await request.json();
      state.put.push(state.own);
      return answer();
    }),
  );
  return state;
}

test("an admin says what a user may use, and leaves the rest to the server", async () => {
  const state = serveLimits();
  const { user } = renderPage(<UsersPage />);
  await user.click(await screen.findByRole("button", { name: "Actions for ben" }));
  await user.click(await screen.findByRole("menuitem", { name: "Limits" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Limits of ben" }));
  expect(await dialog.findByLabelText("Files, in megabytes")).toHaveValue("1.5");
  expect(dialog.getByLabelText("Requests a minute")).toHaveAccessibleDescription(
    "The server says: 60",
  );
  expect(dialog.getByLabelText("Tokens a day")).toHaveAccessibleDescription(
    "The server says: no limit",
  );

  await user.type(dialog.getByLabelText("Tokens a day"), "many");
  await user.click(dialog.getByRole("button", { name: "Save" }));
  expect(dialog.getByLabelText("Tokens a day")).toBeInvalid();
  expect(dialog.getByLabelText("Tokens a day")).toHaveFocus();
  expect(await violations()).toEqual([]);
  expect(state.put).toEqual([]);

  await user.clear(dialog.getByLabelText("Tokens a day"));
  await user.type(dialog.getByLabelText("Tokens a day"), "5000");
  await user.clear(dialog.getByLabelText("Files, in megabytes"));
  await user.click(dialog.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(state.put).toEqual([{ ...NOTHING_SET, tokens_per_day: 5000 }]));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});
