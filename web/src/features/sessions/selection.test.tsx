import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { NoticeArea } from "@/components/notice-area";
import { dismissNotice } from "@/components/notices";
import { violations } from "@/testing/axe";
import { serve } from "@/testing/fake-server";
import { giveSizes } from "@/testing/layout";
import { renderPage } from "@/testing/render-page";
import { server } from "@/testing/server";
import { aSession } from "@/testing/values";

import { DeletedNotice } from "./deleted-notice";
import { Sidebar } from "./sidebar";

const NAMES = ["Lisbon", "Porto", "Faro", "Braga"];
const sessions = NAMES.map((name) => aSession(name.toLowerCase(), { session_name: name }));

function open(openId: string | null = null) {
  const fake = serve({ sessions });
  const page = renderPage(
    <>
      <nav aria-label="Sessions">
        <Sidebar agentId="agent-1" openId={openId} isArchive={false} onArchive={() => undefined} />
      </nav>
      <NoticeArea>
        <DeletedNotice agentId="agent-1" />
      </NoticeArea>
    </>,
    openId === null ? "/" : `/a/agent-1/s/${openId}`,
  );
  return { fake, ...page };
}

const link = (name: string) => screen.findByRole("link", { name: new RegExp(name) });
const box = (name: string) => screen.findByRole("checkbox", { name: new RegExp(name) });
const bar = async () => within(await screen.findByRole("group", { name: "Selected sessions" }));
const noBar = () =>
  waitFor(() => expect(screen.queryByRole("group", { name: "Selected sessions" })).toBeNull());
const checked = () =>
  screen.getAllByRole("checkbox", { checked: true }).map((each) => each.getAttribute("href"));

beforeEach(() => {
  giveSizes();
  dismissNotice();
});

describe("sessions are chosen", () => {
  it("by Ctrl and a click, which opens nothing, and then by a click alone", async () => {
    const { user } = open();
    fireEvent.click(await link("Porto"), { ctrlKey: true });
    expect(await box("Porto")).toBeChecked();
    await user.click(await box("Faro"));
    expect((await bar()).getByText("2 selected")).toBeVisible();
    expect(location.pathname).toBe("/");
    await user.click(await box("Faro"));
    await user.click(await box("Porto"));
    await noBar();
    expect(await link("Porto")).toBeVisible();
  });

  it("by Shift and a click: all from the one before", async () => {
    open("lisbon");
    fireEvent.click(await link("Faro"), { shiftKey: true });
    await bar();
    expect(checked()).toHaveLength(3);
    expect(await box("Braga")).not.toBeChecked();
  });

  it("by keys alone: Space, Shift with an arrow, all of them; Esc leaves, and says so", async () => {
    const isTaken: boolean[] = []; // as what stops an answer finds it
    const onPress = ({ key, defaultPrevented }: KeyboardEvent) => {
      if (key === "Escape") isTaken.push(defaultPrevented);
    };
    window.addEventListener("keydown", onPress);
    const { user } = open();
    (await link("Lisbon")).focus();
    await user.keyboard(" ");
    expect(await box("Lisbon")).toBeChecked();
    await bar();
    expect(await screen.findByText("1 session selected. Esc leaves.")).toBeInTheDocument();
    await user.keyboard("{Shift>}{ArrowDown}{/Shift}");
    await waitFor(() => expect(checked()).toHaveLength(2));
    await user.keyboard("{Control>}a{/Control}");
    await waitFor(() => expect(checked()).toHaveLength(4));
    await user.keyboard("{Escape}");
    await noBar();
    expect(await screen.findByText("Nothing is selected")).toBeInTheDocument();
    await user.keyboard("{Escape}");
    expect(isTaken).toEqual([true, false]);
    window.removeEventListener("keydown", onPress);
  });

  it("by the menu of a session, without a mouse's keys", async () => {
    const { user } = open();
    await user.click(await screen.findByRole("button", { name: "Actions for Faro" }));
    await user.click(await screen.findByRole("menuitem", { name: /Select/ }));
    expect(await box("Faro")).toBeChecked();
  });

  it("with nothing that axe objects to", async () => {
    const { container } = open();
    fireEvent.click(await link("Porto"), { ctrlKey: true });
    await bar();
    expect(await violations(container)).toEqual([]);
  });
});

describe("chosen sessions", () => {
  const choose = async (...names: string[]) => {
    for (const name of names) {
      const row = screen.queryByRole("checkbox", { name: new RegExp(name) });
      fireEvent.click(row ?? (await link(name)), { ctrlKey: true });
    }
    return bar();
  };

  it("are archived together, and come back together", async () => {
    const { fake, user } = open();
    await user.click((await choose("Lisbon", "Faro")).getByRole("button", { name: "Archive" }));
    await waitFor(() => expect(screen.queryByText("Lisbon")).toBeNull());
    await waitFor(() => expect(fake.session("faro")?.archived).toBe(true));
    const notice = await screen.findByRole("group", { name: "Archived 2 sessions" });
    await noBar();
    await user.click(within(notice).getByRole("button", { name: "Undo" }));
    expect(await link("Lisbon")).toBeVisible();
    await waitFor(() => expect(fake.sessions.some((each) => each.archived)).toBe(false));
  });

  it("are pinned together", async () => {
    const { fake, user } = open();
    await user.click((await choose("Porto", "Braga")).getByRole("button", { name: "Pin" }));
    expect(await screen.findByRole("heading", { name: "Pinned" })).toBeVisible();
    await waitFor(() => expect(fake.session("braga")?.pinned).toBe(true));
  });

  it("are deleted together: hidden at once, with a way back for all", async () => {
    const { fake, user } = open("faro");
    await choose("Porto", "Faro");
    await user.keyboard("{Delete}");
    await waitFor(() => expect(screen.queryByText("Porto")).toBeNull());
    expect(location.pathname).toBe("/a/agent-1");
    expect(fake.sessions).toHaveLength(4);
    const notice = screen.getByRole("group", { name: "Deleted 2 sessions" });
    await user.click(within(notice).getByRole("button", { name: "Undo" }));
    expect(await link("Porto")).toBeVisible();
    expect(location.pathname).toBe("/a/agent-1/s/faro");
  });

  it("are gone from the server when the page is left", async () => {
    const { fake, user } = open();
    await user.click((await choose("Porto", "Faro")).getByRole("button", { name: "Delete" }));
    dispatchEvent(new Event("pagehide"));
    await waitFor(() => expect(fake.sessions).toHaveLength(2));
    expect(fake.trash).toHaveLength(2);
  });

  it("stay as they were when the server refuses, and it is said how many", async () => {
    const { user } = open();
    server.use(
      http.post("/v1/agents/:agent/sessions/batch", () =>
        HttpResponse.json({
          outcomes: [
            { session_id: "porto", is_done: true, code: null, detail: null },
            { session_id: "faro", is_done: false, code: "stale", detail: "It has changed." },
          ],
        }),
      ),
    );
    await user.click((await choose("Porto", "Faro")).getByRole("button", { name: "Pin" }));
    const said = "1 session was not changed: It has changed.";
    expect(await screen.findByRole("group", { name: said })).toBeVisible();
  });
});
