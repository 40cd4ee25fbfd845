import { act, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, it } from "vitest";

import { ChatPane } from "@/features/chat/chat-pane";
import { violations } from "@/testing/axe";
import { serve } from "@/testing/fake-server";
import { server } from "@/testing/server";
import { renderPage } from "@/testing/render-page";
import { composer, done, prepareTalk, scholar } from "@/testing/talk";
import { TurnServer } from "@/testing/turn-server";
import { anAccount, aSession } from "@/testing/values";

import { SlashCommands } from "./slash-commands";

beforeEach(prepareTalk);

const list = () => screen.findByRole("listbox", { name: "Commands" });

async function open() {
  serve();
  const server = new TurnServer([done(1)]);
  server.sessions = [aSession("s1")];
  const pane = (
    <main>
      <ChatPane
        agent={scholar}
        session={aSession("s1")}
        onSessionCreated={() => undefined}
        focusTurnId={undefined}
        commands={SlashCommands}
      />
    </main>
  );
  const page = renderPage(pane, "/a/agent-1/s/s1");
  await screen.findByText("Answer 1");
  return { ...page, server };
}

it("a slash in an empty composer lists the commands, and Enter runs the one that is meant", async () => {
  const { server, user } = await open();
  await user.type(composer(), "/");
  expect(await within(await list()).findByRole("option", { name: /^Session: Pin/ })).toBeVisible();
  expect(within(await list()).queryByRole("option", { name: /^Stop the answer/ })).toBeNull();
  expect(await violations()).toEqual([]);
  await user.keyboard("regenerate");
  const [first, ...others] = within(await list()).getAllByRole("option");
  expect(others).toEqual([]);
  expect(first).toHaveTextContent("Have the last turn tried again");
  expect(composer()).toHaveAttribute("aria-activedescendant", first?.id);
  await user.keyboard("{Enter}");
  await waitFor(() => expect(server.posted).toHaveLength(1));
  expect(server.posted[0]?.messages[0]?.content).toBe("Question 1");
  expect(composer()).toHaveValue("");
  expect(screen.queryByRole("listbox")).toBeNull();

  await waitFor(() => expect(server.isFollowed("t2")).toBe(true));
  await user.type(composer(), "/stop{Enter}");
  await waitFor(() => expect(server.cancelled).toEqual(["t2"]));
});

it("the list leads to the links that are shared, to the account and to what this is", async () => {
  const { user } = await open();
  server.use(http.get("/v1/account", () => HttpResponse.json(anAccount({ scopes: ["read"] }))));
  await user.type(composer(), "/open");
  const options = within(await list());
  expect(await options.findByRole("option", { name: /^Open your account/ })).toBeVisible();
  expect(options.getByRole("option", { name: /^Open shared links/ })).toBeVisible();
  expect(options.queryByRole("option", { name: /^Open users/ })).toBeNull();
  await user.keyboard("{Backspace}{Backspace}{Backspace}{Backspace}version{Enter}");
  await waitFor(() => expect(location.pathname).toBe("/settings/about"));
});

it("what no command is called is a message, and so is what was to be none", async () => {
  const { server, user } = await open();
  await user.type(composer(), "/etc/hosts, what is it?{Enter}");
  await waitFor(() => expect(server.posted).toHaveLength(1));
  expect(server.posted[0]?.messages[0]?.content).toBe("/etc/hosts, what is it?");
  await waitFor(() => expect(server.isFollowed("t2")).toBe(true));
  act(() => server.answer("A file."));
  await screen.findByText("A file.");
  await user.type(composer(), "/new");
  await list();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("listbox")).toBeNull();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(server.posted).toHaveLength(2));
  expect(server.posted[1]?.messages[0]?.content).toBe("/new");
});
