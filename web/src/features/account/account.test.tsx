import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";

import { useAgents } from "@/api/queries";
import type { ApiKey, User } from "@/api/types";
import { SignInGate } from "@/app/sign-in-gate";
import { violations } from "@/testing/axe";
import { problem } from "@/testing/fake-server";
import { renderPage } from "@/testing/render-page";
import { server } from "@/testing/server";
import { anAccount, anAgent, aUser, someUsage } from "@/testing/values";

import { AccountPage } from "./account-page";
import { SetUpPage } from "./set-up-page";
// What the gate fetches apart is there before a test begins: to fetch it is not what is tested.
import "./sign-in-dialog";
import "./sign-in-page";
import { UsersPage } from "./users-page";

const ways = { required: true, set_up: false, password: true, oidc: null };

/** A server that knows who asks once they have signed in with the right password. */
function serveSignIn(isSignedIn = false, options: object = ways) {
  const state = { isSignedIn, asked: 0 };
  server.use(
    http.get("/v1/agents", () => {
      state.asked += 1;
      if (!state.isSignedIn) return problem(401, "unauthenticated", "Sign in first.");
      return HttpResponse.json({ agents: [anAgent()], has_more: false, next_cursor: null });
    }),
    http.get("/v1/sign-in", () => HttpResponse.json(options)),
    http.post<never, { password: string }>("/v1/sign-in", async ({ request }) => {
      state.isSignedIn = (await request.json()).password === "one long secret";
      return state.isSignedIn
        ? HttpResponse.json({ user: aUser() })
        : problem(401, "sign_in_refused", "There is no user with this name and password.");
    }),
  );
  return state;
}

function Talk() {
  const { data, refetch } = useAgents();
  return (
    <main>
      <h1>Talk</h1>
      <p>{data === undefined ? "nothing yet" : `${data.length} agent`}</p>
      <textarea aria-label="Draft" />
      <button onClick={() => void refetch()}>Ask</button>
    </main>
  );
}

const page = (
  <SignInGate>
    <Talk />
  </SignInGate>
);

type UserEvent = ReturnType<typeof renderPage>["user"];

async function signIn(user: UserEvent, password: string) {
  await user.clear(await screen.findByLabelText("Name"));
  await user.type(screen.getByLabelText("Name"), "ana");
  await user.clear(screen.getByLabelText("Password"));
  await user.type(screen.getByLabelText("Password"), password);
  await user.click(screen.getByRole("button", { name: "Sign in" }));
}

test("whoever has not signed in is asked to, and is told when the password is wrong", async () => {
  serveSignIn();
  const { user } = renderPage(page);

  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeVisible();
  expect(screen.queryByRole("heading", { name: "Talk" })).toBeNull();
  await signIn(user, "a wrong secret");
  expect(await screen.findByText(/no user with this name and password/)).toBeVisible();
  expect(await violations()).toEqual([]);

  await signIn(user, "one long secret");
  expect(await screen.findByText("1 agent")).toBeVisible();
});

test("whoever is signed out on the way signs in over the page, and keeps what they wrote", async () => {
  const state = serveSignIn(true);
  const { user } = renderPage(page);
  await screen.findByText("1 agent");
  await user.type(screen.getByLabelText("Draft"), "half a thought");

  state.isSignedIn = false;
  await user.click(screen.getByRole("button", { name: "Ask" }));
  expect(await screen.findByRole("dialog", { name: "Sign in again" })).toBeVisible();
  expect(await violations()).toEqual([]);
  const before = state.asked;
  await signIn(user, "one long secret");

  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(screen.getByLabelText("Draft")).toHaveValue("half a thought");
  await waitFor(() => expect(state.asked).toBeGreaterThan(before));
});

test("another place at which one can sign in is offered", async () => {
  serveSignIn(false, { ...ways, password: false, oidc: { name: "Acme", url: "/v1/sign-in/oidc" } });
  renderPage(page);

  const link = await screen.findByRole("link", { name: "Continue with Acme" });
  expect(link).toHaveAttribute("href", "/v1/sign-in/oidc");
  expect(screen.queryByLabelText("Password")).toBeNull();
});

test("the first admin makes an account by the link, whose secret leaves the address", async () => {
  const given: unknown[] = [];
  server.use(
    http.post("/v1/set-up", async ({ request }) => {
      given.push(await request.json());
      return HttpResponse.json({ user: aUser() }, { status: 201 });
    }),
  );
  const { user } = renderPage(<SetUpPage />, "/set-up#a-token");
  await waitFor(() => expect(location.hash).toBe(""));
  await user.type(screen.getByLabelText("Name"), "ana");
  await user.type(screen.getByLabelText("Password"), "short");
  await user.click(screen.getByRole("button", { name: "Create account" }));
  expect(given).toEqual([]);
  expect(screen.getByLabelText("Password")).toBeInvalid();
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Show password" }));
  expect(screen.getByLabelText("Password")).toHaveAttribute("type", "text");
  await user.click(screen.getByRole("button", { name: "Hide password" }));

  await user.type(screen.getByLabelText("Password"), " but longer");
  await user.click(screen.getByRole("button", { name: "Create account" }));
  await waitFor(() =>
    expect(given).toEqual([{ token: "a-token", name: "ana", password: "short but longer" }]),
  );
});

const aKey = (values: Partial<ApiKey> = {}): ApiKey => ({
  key_id: "k1",
  name: "laptop",
  scopes: ["read"],
  prefix: "tt_abc",
  created_at: "2026-11-01T10:00:00.000000Z",
  expires_at: null,
  last_used_at: null,
  ...values,
});

function serveKeys() {
  const state: { keys: ApiKey[] } = { keys: [aKey()] };
  server.use(
    http.get("/v1/account", () => HttpResponse.json(anAccount())),
    http.get("/v1/account/usage", () => HttpResponse.json(someUsage())),
    http.get("/v1/account/keys", () =>
      HttpResponse.json({ keys: state.keys, has_more: false, next_cursor: null }),
    ),
    http.post<never, { name: string; scopes: ApiKey["scopes"] }>(
      "/v1/account/keys",
      async ({ request }) => {
        const { name, scopes } = await request.json();
        const made = aKey({ key_id: "k2", name, scopes });
        state.keys = [...state.keys, made];
        return HttpResponse.json({ ...made, key: "tt_the-whole-text" }, { status: 201 });
      },
    ),
    http.delete("/v1/account/keys/:key", ({ params }) => {
      state.keys = state.keys.filter((key) => key.key_id !== params.key);
      return new HttpResponse(null, { status: 204 });
    }),
  );
  return state;
}

test("a new key is shown once, and a key can be revoked", async () => {
  const state = serveKeys();
  const { user } = renderPage(
    <main>
      <AccountPage />
    </main>,
  );
  await screen.findByText("laptop");
  expect(await violations()).toEqual([]);

  await user.click(screen.getByRole("button", { name: "New key" }));
  await user.type(screen.getByLabelText("What it is for"), "phone");
  await user.click(screen.getByRole("button", { name: "Make key" }));
  expect(await screen.findByDisplayValue("tt_the-whole-text")).toBeVisible();
  expect(await violations()).toEqual([]);
  expect(state.keys.at(-1)?.scopes).toEqual(["read", "write"]);
  await user.click(screen.getByRole("button", { name: "Done" }));
  await waitFor(() => expect(screen.queryByDisplayValue("tt_the-whole-text")).toBeNull());

  await user.click(await screen.findByRole("button", { name: "Revoke “laptop”" }));
  const asked = await screen.findByRole("alertdialog");
  await user.click(within(asked).getByRole("button", { name: "Revoke" }));
  await waitFor(() => expect(state.keys.map((key) => key.name)).toEqual(["phone"]));
});

function serveUsers() {
  const state: { users: User[] } = {
    users: [aUser(), aUser({ user_id: "u2", name: "ben", role: "user" })],
  };
  server.use(
    http.get("/v1/account", () => HttpResponse.json(anAccount())),
    http.get("/v1/users", () =>
      HttpResponse.json({ users: state.users, has_more: false, next_cursor: null }),
    ),
    http.post<never, Pick<User, "name" | "role">>("/v1/users", async ({ request }) => {
      const { name, role } = await request.json();
      const made = aUser({ user_id: `u${state.users.length + 1}`, name, role });
      state.users = [...state.users, made];
      return HttpResponse.json(made, { status: 201 });
    }),
    http.patch<{ user: string }, Partial<User>>("/v1/users/:user", async ({ params, request }) => {
      const patch = await request.json();
      state.users = state.users.map((user) =>
        user.user_id === params.user ? { ...user, ...patch } : user,
      );
      return HttpResponse.json(state.users.find((user) => user.user_id === params.user));
    }),
    http.delete("/v1/users/:user", ({ params }) => {
      state.users = state.users.filter((user) => user.user_id !== params.user);
      return new HttpResponse(null, { status: 204 });
    }),
  );
  return state;
}

async function choose(user: UserEvent, name: string, action: string) {
  await user.click(await screen.findByRole("button", { name: `Actions for ${name}` }));
  await user.click(await screen.findByRole("menuitem", { name: action }));
  await waitFor(() => expect(screen.queryByRole("menu")).toBeNull());
}

test("an admin adds, disables and deletes users, and cannot take themselves away", async () => {
  const state = serveUsers();
  const { user } = renderPage(
    <main>
      <UsersPage />
    </main>,
  );
  await screen.findByText("ben");
  await screen.findByText("You");
  await user.click(screen.getByRole("button", { name: "Actions for ana" }));
  const mine = await screen.findByRole("menu", { name: "Actions for ana" });
  expect(
    within(mine)
      .getAllByRole("menuitem")
      .map((item) => item.textContent),
  ).toEqual(["Limits"]);
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("menu")).toBeNull());
  expect(await violations()).toEqual([]);

  await user.click(screen.getByRole("button", { name: "Add user" }));
  const dialog = await screen.findByRole("dialog", { name: "Add a user" });
  await user.type(within(dialog).getByLabelText("Name"), "cleo");
  fireEvent.change(within(dialog).getByLabelText("Password"), {
    target: { value: "ten letters" },
  });
  await user.click(within(dialog).getByRole("button", { name: "Add user" }));
  expect(await screen.findByText("cleo")).toBeVisible();

  await choose(user, "ben", "Disable");
  expect(await screen.findByText("Disabled")).toBeVisible();
  await choose(user, "ben", "Enable");
  await waitFor(() => expect(screen.queryByText("Disabled")).toBeNull());

  await choose(user, "ben", "Delete");
  const asked = await screen.findByRole("alertdialog", { name: "Delete ben?" });
  await user.click(within(asked).getByRole("button", { name: "Delete" }));
  await waitFor(() => expect(state.users.map(({ name }) => name)).toEqual(["ana", "cleo"]));
});

test("whoever is no admin is told that they cannot see who uses the server", async () => {
  server.use(
    http.get("/v1/account", () => HttpResponse.json(anAccount({ scopes: ["read"] }))),
    http.get("/v1/users", () => problem(403, "forbidden", "The role 'reader' has no scope.")),
  );
  renderPage(<UsersPage />);
  expect(await screen.findByText("You can’t see this")).toBeVisible();
});
