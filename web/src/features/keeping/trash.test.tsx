import { screen, waitFor, within } from "@testing-library/react";
import { http } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { useDeleteSession } from "@/api/queries";
import type { TrashedSession } from "@/api/types";
import { NoticeArea } from "@/components/notice-area";
import { dismissNotice } from "@/components/notices";
import { violations } from "@/testing/axe";
import { problem, serve } from "@/testing/fake-server";
import { renderPage } from "@/testing/render-page";
import { server } from "@/testing/server";
import { aSession, aServerConfig } from "@/testing/values";

import { TrashPage } from "./trash-page";

const DAY_MS = 86_400_000;

const trashed = (name: string, daysAgo: number): TrashedSession => ({
  session: aSession(name.toLowerCase(), { session_name: name }),
  deleted_at: new Date(Date.now() - daysAgo * DAY_MS - 60_000).toISOString(),
});

function open(trash: readonly TrashedSession[], days = 30) {
  const fake = serve();
  fake.trash = trash;
  server.use(http.get("/v1/config", () => Response.json({ ...aServerConfig, trash_days: days })));
  return { fake, ...renderPage(<NoticeArea />), ...renderPage(<TrashPage />) };
}

const row = async (name: string) =>
  within((await screen.findAllByRole("listitem")).find((item) => item.textContent.includes(name))!);

beforeEach(dismissNotice);

describe("the trash", () => {
  it("says of each session when it goes for good, and has nothing that axe objects to", async () => {
    const { container } = open([trashed("Lisbon", 2), trashed("Porto", 29)]);
    expect((await row("Lisbon")).getByText("goes for good in 28 days")).toBeVisible();
    expect((await row("Porto")).getByText("goes for good within a day")).toBeVisible();
    expect(screen.getByText(/stays here for 30 days/)).toBeVisible();
    expect(await violations(container)).toEqual([]);
  });

  it("gives a session back", async () => {
    const { fake, user } = open([trashed("Lisbon", 2), trashed("Porto", 3)]);
    await user.click((await row("Porto")).getByRole("button", { name: /^Restore: Porto/ }));
    const notice = await screen.findByRole("group", { name: "“Porto” is back" });
    expect(fake.session("porto")).toBeDefined();
    await waitFor(() => expect(screen.getAllByRole("listitem")).toHaveLength(1));
    await user.click(within(notice).getByRole("button", { name: "Open" }));
    expect(location.pathname).toBe("/a/agent-1/s/porto");
  });

  it("deletes for good when it was asked twice, and not before", async () => {
    const { fake, user } = open([trashed("Lisbon", 2)]);
    const purge = /^Delete for good: Lisbon/;
    await user.click((await row("Lisbon")).getByRole("button", { name: purge }));
    await user.click(await screen.findByRole("button", { name: "Cancel" }));
    expect(fake.trash).toHaveLength(1);
    await user.click((await row("Lisbon")).getByRole("button", { name: purge }));
    const dialog = within(await screen.findByRole("alertdialog"));
    await user.click(dialog.getByRole("button", { name: "Delete for good" }));
    expect(await screen.findByText("The trash is empty")).toBeVisible();
    expect(fake.trash).toEqual([]);
  });

  it("shows a page of them, and more when it is asked", async () => {
    const { user } = open(Array.from({ length: 60 }, (_, n) => trashed(`Talk ${n}`, 1)));
    await user.click(await screen.findByRole("button", { name: "Show more" }));
    await waitFor(() => expect(screen.getAllByRole("listitem")).toHaveLength(60));
    expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
  });

  it("says that there is none where there is none", async () => {
    open([], 0);
    expect(await screen.findByText(/what is deleted is gone at once/)).toBeVisible();
  });

  it("says why a session was not given back", async () => {
    const { user } = open([trashed("Lisbon", 2)]);
    server.use(
      http.post("/v1/trash/:session/restore", () => problem(403, "forbidden", "You may not.")),
    );
    await user.click((await row("Lisbon")).getByRole("button", { name: /^Restore/ }));
    const said = "“Lisbon” was not restored: You may not.";
    expect(await screen.findByRole("group", { name: said })).toBeVisible();
  });

  it("has what was deleted a moment ago", async () => {
    const lisbon = aSession("lisbon", { session_name: "Lisbon" });
    const fake = serve({ sessions: [lisbon] });
    function Page() {
      const { remove, pending } = useDeleteSession("agent-1");
      if (pending.length > 0 || fake.trash.length > 0) return <TrashPage />;
      return (
        <button type="button" onClick={() => remove([lisbon])}>
          Delete
        </button>
      );
    }
    const { user } = renderPage(<Page />);
    await user.click(screen.getByRole("button", { name: "Delete" }));
    expect((await row("Lisbon")).getByRole("button", { name: /^Restore/ })).toBeVisible();
  });
});
