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

import { chooseTag } from "./chosen-tag";
import { Sidebar } from "./sidebar";
import { sole, tagsIn, tagsInUse } from "./tags";

const sessions = [
  aSession("lisbon", { session_name: "Lisbon", tags: ["travel", "May"] }),
  aSession("porto", { session_name: "Porto", tags: ["travel"] }),
  aSession("taxes", { session_name: "Taxes" }),
];

function open() {
  const fake = serve({ sessions });
  const page = renderPage(
    <>
      <nav aria-label="Sessions">
        <Sidebar agentId="agent-1" openId={null} isArchive={false} onArchive={() => undefined} />
      </nav>
      <NoticeArea>{null}</NoticeArea>
    </>,
  );
  return { fake, ...page };
}

type User = ReturnType<typeof open>["user"];

const link = (name: string) => screen.findByRole("link", { name: new RegExp(name) });
const dialog = async () => within(await screen.findByRole("dialog"));
const field = async () => (await dialog()).getByRole("textbox", { name: "Add a tag" });
const draft = async () =>
  (await dialog())
    .queryAllByRole("button", { name: /^Remove the tag/ })
    .map((chip) => chip.textContent);

async function openTags(user: User, name: string): Promise<void> {
  await link(name);
  await user.click(screen.getByRole("button", { name: `Actions for ${name}` }));
  await user.click(await screen.findByRole("menuitem", { name: "Tags…" }));
  expect(await field()).toHaveFocus();
}

beforeEach(() => {
  giveSizes();
  dismissNotice();
  chooseTag("agent-1", null);
});

it("words with commas between them are tags, each once, spelt as it came first", () => {
  expect(tagsIn(" Work,  two   words ,,work, ")).toEqual(["Work", "two words"]);
  expect(sole(["a", "B", "A", "b", "c"])).toEqual(["a", "B", "c"]);
  expect(tagsInUse([...sessions, aSession("s", { tags: ["TRAVEL"] })])).toEqual(["travel", "May"]);
});

describe("the tags of a session", () => {
  it("are added by Enter, a comma and a click, and removed by Backspace and a click", async () => {
    const { fake, user } = open();
    await openTags(user, "Taxes");
    expect(await violations()).toEqual([]);
    await user.type(await field(), "money{Enter}Work, later,");
    expect(await draft()).toEqual(["money", "Work", "later"]);
    await user.keyboard("{Backspace}");
    expect(await draft()).toEqual(["money", "Work"]);
    await user.click((await dialog()).getByRole("button", { name: "Remove the tag money" }));
    await user.click((await dialog()).getByRole("button", { name: "Add the tag May" }));
    await user.type(await field(), "TRAVEL"); // in use, and so spelt as it is
    await user.keyboard("{Enter}");
    expect(await draft()).toEqual(["Work", "May", "travel"]);
    await user.keyboard("{Enter}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await waitFor(() => expect(fake.session("taxes")?.tags).toEqual(["Work", "May", "travel"]));
    expect(await screen.findByText("Tags saved")).toBeInTheDocument();
  });

  it("are as they were when the dialog is left, and when the server refuses", async () => {
    const { fake, user } = open();
    await openTags(user, "Porto");
    await user.keyboard("{Backspace}{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(fake.session("porto")?.tags).toEqual(["travel"]);
    const outcome = {
      session_id: "porto",
      is_done: false,
      code: "stale",
      detail: "It has changed.",
    };
    server.use(
      http.post("/v1/agents/:agent/sessions/batch", () =>
        HttpResponse.json({ outcomes: [outcome] }),
      ),
    );
    await openTags(user, "Porto");
    await user.type(await field(), "food{Enter}{Enter}");
    const said = "1 session was not changed: It has changed.";
    expect(await screen.findByRole("group", { name: said })).toBeVisible();
  });

  it("are not too long and not too many", async () => {
    const { fake, user } = open();
    await openTags(user, "Taxes");
    await user.click(await field());
    await user.paste("x".repeat(41));
    expect((await dialog()).getByRole("alert")).toHaveTextContent("at most 40 characters");
    await user.keyboard("{Enter}");
    expect(await draft()).toEqual([]);
    await user.clear(await field());
    await user.paste(Array.from({ length: 21 }, (_, n) => `t${n}`).join(","));
    expect((await dialog()).getByRole("alert")).toHaveTextContent("at most 20 tags");
    await user.click((await dialog()).getByRole("button", { name: "Save" }));
    expect(fake.session("taxes")?.tags).toEqual([]);
  });
});

it("chosen sessions are tagged together; what only some have stays so", async () => {
  const { fake, user } = open();
  fireEvent.click(await link("Lisbon"), { ctrlKey: true });
  await user.click(await screen.findByRole("checkbox", { name: /Porto/ }));
  await user.click(await screen.findByRole("button", { name: "Tags…" }));
  expect(await screen.findByRole("heading", { name: "Tags of 2 sessions" })).toBeVisible();
  expect(await draft()).toEqual(["travel", "May · 1 of 2"]);
  await user.click((await dialog()).getByRole("button", { name: "Remove the tag travel" }));
  await user.type(await field(), "sea{Enter}{Enter}");
  await waitFor(() => expect(fake.session("porto")?.tags).toEqual(["sea"]));
  expect(fake.session("lisbon")?.tags).toEqual(["May", "sea"]);
  expect(fake.session("taxes")?.tags).toEqual([]);
});

it("a tag above the list narrows it, and a second click shows all again", async () => {
  const { user } = open();
  const bar = within(await screen.findByRole("group", { name: "Filter by tag" }));
  await user.click(bar.getByRole("button", { name: "May" }));
  await waitFor(() => expect(screen.queryByText("Porto")).toBeNull());
  expect(await link("Lisbon")).toBeVisible();
  expect(bar.getByRole("button", { name: "May" })).toHaveAttribute("aria-pressed", "true");
  expect(bar.getByRole("button", { name: "travel" })).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.click(bar.getByRole("button", { name: "May" }));
  expect(await link("Taxes")).toBeVisible();
});

it("a session that loses the tag leaves the list that is narrowed to it", async () => {
  const { user } = open();
  chooseTag("agent-1", "travel");
  await waitFor(() => expect(screen.queryByText("Taxes")).toBeNull());
  await openTags(user, "Porto");
  await user.keyboard("{Backspace}{Enter}");
  await waitFor(() => expect(screen.queryByText("Porto")).toBeNull());
  expect(await link("Lisbon")).toBeVisible();
});

it("a session is duplicated under a name that says so, and the copy is opened", async () => {
  const { fake, user } = open();
  await link("Lisbon");
  await user.click(screen.getByRole("button", { name: "Actions for Lisbon" }));
  await user.click(await screen.findByRole("menuitem", { name: "Duplicate" }));
  await waitFor(() => expect(location.pathname).toBe("/a/agent-1/s/fork-of-lisbon"));
  expect(fake.session("fork-of-lisbon")).toMatchObject({ session_name: "Copy of Lisbon" });
});
