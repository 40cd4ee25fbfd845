import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";

import type { AuditEntry } from "@/api/types";
import { violations } from "@/testing/axe";
import { serve } from "@/testing/fake-server";
import { renderPage } from "@/testing/render-page";
import { server } from "@/testing/server";
import { anAccount, aUser } from "@/testing/values";

import { ServerPage } from "./server-page";

const aDeed = (n: number, values: Partial<AuditEntry> = {}): AuditEntry => ({
  entry_id: `e${n}`,
  at: `2026-11-27T10:00:${String(n).padStart(2, "0")}.000000Z`,
  action: "session.delete",
  actor: "u1",
  owner: "u1",
  outcome: "done",
  subject: { session_id: `s${n}` },
  via: "cookie",
  code: null,
  request_id: `r${n}`,
  address: "203.0.113.7",
  ...values,
});

const DEEDS = [
  aDeed(4, { action: "user.delete", outcome: "refused", code: "last_admin", via: "key" }),
  aDeed(3, { actor: "server", owner: "u2", address: "" }),
  aDeed(2, { action: "tomorrow.happens", actor: "u9-and-some-more", owner: "u9-and-some-more" }),
  aDeed(1, { actor: "u2", owner: "u2" }),
];

/** Two deeds a page. */
function serveAudit(deeds: readonly AuditEntry[] = DEEDS) {
  serve();
  const asked: string[] = [];
  server.use(
    http.get("/v1/account", () => HttpResponse.json(anAccount())),
    http.get("/v1/ready", () => HttpResponse.json({ status: "draining" }, { status: 503 })),
    http.get("/v1/users", () =>
      HttpResponse.json({
        users: [aUser(), aUser({ user_id: "u2", name: "ben" })],
        has_more: false,
        next_cursor: null,
      }),
    ),
    http.get("/v1/audit", ({ request }) => {
      const query = new URL(request.url).searchParams;
      asked.push(query.toString());
      const actor = query.get("actor");
      const fitting = deeds.filter((deed) => actor === null || deed.actor === actor);
      const start = Number(query.get("cursor") ?? 0);
      const hasMore = start + 2 < fitting.length;
      return HttpResponse.json({
        entries: fitting.slice(start, start + 2),
        has_more: hasMore,
        next_cursor: hasMore ? String(start + 2) : null,
      });
    }),
  );
  return asked;
}

const page = (
  <main>
    <h1>Server</h1>
    <ServerPage />
  </main>
);

const deeds = async () =>
  within(await screen.findByRole("list", { name: "Deeds, the newest first" })).findAllByRole(
    "listitem",
  );

test("an admin sees how the server does, also when it takes no work", async () => {
  serveAudit();
  renderPage(page);
  expect(await screen.findByText("Takes no new work: it is being stopped")).toBeVisible();
  expect(await screen.findByText(/2 of 3 answer/)).toBeVisible();
  expect(screen.getByText("0.1.0")).toBeVisible();
});

test("a server that does not answer is said to be silent", async () => {
  serveAudit();
  server.use(http.get("/v1/ready", () => HttpResponse.error()));
  renderPage(page);
  expect(await screen.findByText("Does not answer")).toBeVisible();
});

test("the audit says who did what, page by page, and unfolds to what", async () => {
  serveAudit();
  const { user } = renderPage(page);
  const [first, second] = await deeds();
  await waitFor(() => expect(first).toHaveTextContent("anaDeleted a user"));
  expect(first).toHaveTextContent("Refused");
  expect(first).toHaveTextContent("by an API key");
  expect(second).toHaveTextContent("The server itselfDeleted a session of ben");
  await user.click(within(first!).getByRole("button", { name: /Deleted a user/ }));
  expect(within(first!).getByText("last_admin")).toBeVisible();
  expect(within(first!).getByText("s4")).toBeVisible();
  expect(await violations()).toEqual([]);

  await user.click(screen.getByRole("button", { name: "Show more" }));
  await waitFor(async () => expect(await deeds()).toHaveLength(4));
  expect((await deeds())[2]).toHaveTextContent("User u9-and-stomorrow.happens");
  expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
});

test("where nobody signs in, nobody is asked who the users are", async () => {
  serveAudit([aDeed(1, { actor: "local", owner: "local" })]);
  server.use(
    http.get("/v1/account", () =>
      HttpResponse.json(
        anAccount({ via: "local", user: aUser({ user_id: "local", name: "local" }) }),
      ),
    ),
    http.get("/v1/users", () => {
      throw new Error("There are no users.");
    }),
  );
  renderPage(page);
  const [deed] = await deeds();
  expect(deed).toHaveTextContent("localDeleted a session");
  expect(deed).not.toHaveTextContent("User local");
});

test("the audit can be asked for what one person did", async () => {
  const asked = serveAudit();
  const { user } = renderPage(page);
  await deeds();
  await user.click(screen.getByRole("combobox", { name: "Who" }));
  await user.click(await screen.findByRole("option", { name: "ben" }));
  await waitFor(async () => expect(await deeds()).toHaveLength(1));
  expect(asked.at(-1)).toBe("limit=50&actor=u2");
  await user.click(screen.getByRole("combobox", { name: "When" }));
  await user.click(await screen.findByRole("option", { name: "In the last 7 days" }));
  await waitFor(() => expect(asked.at(-1)).toMatch(/^limit=50&actor=u2&since=20/));
});

test("an audit without anything in it says so", async () => {
  serveAudit([]);
  renderPage(page);
  expect(await screen.findByText("Nothing was recorded yet.")).toBeVisible();
});

test("whoever is no admin is told so, and the server is not asked", async () => {
  const asked = serveAudit();
  server.use(http.get("/v1/account", () => HttpResponse.json(anAccount({ scopes: ["read"] }))));
  renderPage(page);
  expect(await screen.findByText("You can’t see this")).toBeVisible();
  expect(asked).toEqual([]);
});
