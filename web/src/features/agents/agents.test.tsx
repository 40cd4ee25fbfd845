import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, it } from "vitest";

import { dismissNotice } from "@/components/notices";
import { violations } from "@/testing/axe";
import { problem, serve } from "@/testing/fake-server";
import { renderPage } from "@/testing/render-page";
import { server } from "@/testing/server";
import { aGroup, aTool } from "@/testing/tool-calls";
import { anAgent } from "@/testing/values";

import { EditAgent, NewAgent } from "./agent-editor";
import { AgentPicker } from "./agent-picker";
import { AgentsPage } from "./agents-page";

const scholar = anAgent("agent-1", { name: "Scholar" });

beforeEach(dismissNotice);

it("makes an agent and opens a session with it", async () => {
  const fake = serve({ agents: [] });
  const { user } = renderPage(<NewAgent />);
  await user.type(await screen.findByLabelText("Name"), "Cook");
  await user.type(screen.getByLabelText("Instructions"), "Only vegetables.");
  await user.click(screen.getByRole("button", { name: "Create agent" }));
  await waitFor(() => expect(fake.agents).toHaveLength(1));
  expect(fake.agents[0]?.agent_config).toMatchObject({
    name: "Cook",
    instructions: "Only vegetables.",
  });
  await waitFor(() => expect(location.pathname).toBe("/a/agent-1"));
});

it("proposes a real model before the demo", async () => {
  serve();
  renderPage(<NewAgent />);
  expect(await screen.findByRole("combobox", { name: /Model/ })).toHaveValue("ollama/llama3.2");
});

it("lists the models by server and marks the one that is a script", async () => {
  serve();
  const { user } = renderPage(<NewAgent />);
  const field = await screen.findByRole("combobox", { name: /Model/ });
  await user.click(field);
  const list = within(await screen.findByRole("listbox"));
  expect(list.getByText("ollama")).toBeVisible();
  await user.click(list.getByRole("option", { name: /script.*Demo/ }));
  expect(field).toHaveValue("demo/script");
  expect(field).toHaveAccessibleDescription(/A script, not an AI/);
});

it("takes a model that no server lists, and says so", async () => {
  serve();
  const { user } = renderPage(<NewAgent />);
  const field = await screen.findByRole("combobox", { name: /Model/ });
  await user.clear(field);
  await user.type(field, "vllm/mine");
  expect(field).toHaveAccessibleDescription(/vllm does not answer/);
});

it("changes what was changed", async () => {
  const fake = serve({ agents: [scholar] });
  const { user } = renderPage(<EditAgent agentId="agent-1" />);
  const name = await screen.findByLabelText("Name");
  await user.clear(name);
  await user.type(name, "Poet");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(fake.agent("agent-1")?.agent_config.name).toBe("Poet"));
});

it("is told how long its sessions stay, and to leave that to the server again", async () => {
  const fake = serve({ agents: [scholar] });
  const { user } = renderPage(<EditAgent agentId="agent-1" />);
  const choose = async (field: string, option: string) => {
    await user.click(screen.getByRole("combobox", { name: field }));
    await user.click(await screen.findByRole("option", { name: option }));
  };
  const rule = () => fake.agent("agent-1")?.agent_config.retention;
  await user.click(await screen.findByRole("button", { name: "How long sessions stay" }));
  await choose("Archive them", "After 30 days");
  await user.click(screen.getByRole("button", { name: "Save" }));
  const said = { archive_after: 30, delete_after: null, keep_pinned: null };
  await waitFor(() => expect(rule()).toEqual(said));

  await choose("Archive them", "As the server says: After 90 days");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(rule()).toBeNull());
});

it("sends nothing that is wrong, says why at the field, and goes there", async () => {
  const fake = serve({ agents: [scholar] });
  const { user } = renderPage(<EditAgent agentId="agent-1" />);
  await user.click(await screen.findByRole("button", { name: "Sampling and limits" }));
  const temperature = screen.getByLabelText("Temperature");
  await user.type(temperature, "7");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(temperature).toBeInvalid();
  expect(temperature).toHaveAccessibleDescription("A number from 0 to 2.");
  expect(temperature).toHaveFocus();
  expect(fake.agent("agent-1")).toEqual(scholar);
});

it("is given tools: a group, one of another's, and what it always says to them", async () => {
  const read = aTool({ name: "files__read", own_name: "read", toolgroup: "files" });
  const write = aTool({ name: "files__write", own_name: "write", toolgroup: "files" });
  const clock = aTool({ name: "clock", toolgroup: "builtin::clock" });
  const own = { toolgroup_id: "builtin::clock", provider: "builtin" } as const;
  const agent = anAgent("agent-1", { ...scholar.agent_config, toolgroups: ["gone"] });
  const fake = serve({
    agents: [agent],
    groups: [aGroup(own), aGroup({ tools: 2 })],
    tools: [clock, read, write],
  });
  const { user, container } = renderPage(
    <main>
      <EditAgent agentId="agent-1" />
    </main>,
  );
  await user.click(await screen.findByRole("checkbox", { name: "clock" }));
  await user.click(screen.getByRole("button", { name: "Tools of files" }));
  await user.click(screen.getByRole("checkbox", { name: "read" }));
  expect(screen.getByRole("checkbox", { name: "files" })).toBePartiallyChecked();
  const [, ofFiles] = screen.getAllByRole("button", { name: /Arguments of the agent/ });
  await user.click(ofFiles!);
  await user.click(screen.getByRole("textbox", { name: /Arguments of the agent.*files/ }));
  await user.paste('{"root": "/tmp"}');
  expect(screen.getByText("gone: Not there now")).toBeVisible();
  expect(await violations(container)).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(fake.agent("agent-1")?.agent_config.toolgroups).toEqual([
      "gone",
      "builtin::clock",
      { name: "files/read", args: { root: "/tmp" } },
    ]),
  );
});

it("puts the server's objection at the field that it points to", async () => {
  serve({ agents: [scholar] });
  server.use(
    http.patch("/v1/agents/:agent", () =>
      problem(400, "invalid_request", "Not valid.", {
        errors: [{ pointer: "/agent_config/name", detail: "That name is taken." }],
      }),
    ),
  );
  const { user } = renderPage(<EditAgent agentId="agent-1" />);
  await user.click(await screen.findByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(screen.getByLabelText("Name")).toHaveAccessibleDescription("That name is taken."),
  );
});

it("says beside the button what belongs to no field", async () => {
  serve({ agents: [scholar] });
  server.use(http.patch("/v1/agents/:agent", () => problem(403, "forbidden", "Not yours.")));
  const { user } = renderPage(<EditAgent agentId="agent-1" />);
  await user.click(await screen.findByRole("button", { name: "Save" }));
  expect((await screen.findByText("Not yours.")).closest("[role=alert]")).toBeVisible();
});

it("asks before it deletes, with the focus on the way out", async () => {
  const fake = serve({ agents: [scholar] });
  const { user } = renderPage(<EditAgent agentId="agent-1" />);
  await user.click(await screen.findByRole("button", { name: "Delete agent" }));
  const dialog = within(await screen.findByRole("alertdialog", { name: "Delete “Scholar”?" }));
  expect(dialog.getByRole("button", { name: "Cancel" })).toHaveFocus();
  expect(fake.agents).toHaveLength(1);
  await user.click(dialog.getByRole("button", { name: "Delete" }));
  await waitFor(() => expect(fake.agents).toHaveLength(0));
  expect(location.pathname).toBe("/settings/agents");
});

it("shows the agents there are when one is not", async () => {
  serve({ agents: [scholar] });
  renderPage(<EditAgent agentId="gone" />);
  expect(await screen.findByRole("heading", { name: "There is no such agent" })).toBeVisible();
  expect(await screen.findByRole("link", { name: "Scholar" })).toHaveAttribute(
    "href",
    "/a/agent-1",
  );
});

it("explains what an agent is when there is none", async () => {
  serve({ agents: [] });
  renderPage(<AgentsPage />);
  expect(await screen.findByText(/a model with instructions of yours/)).toBeVisible();
  expect(screen.getByRole("link", { name: "New agent" })).toBeVisible();
});

it("chooses among agents by keys alone, and comes back to where it was", async () => {
  serve({ agents: [scholar, anAgent("agent-2", { name: "Poet" })] });
  const { user } = renderPage(<AgentPicker agent={scholar} />);
  const button = screen.getByRole("button", { name: "Agent: Scholar" });
  button.focus();
  await user.keyboard("{Enter}");
  await screen.findByRole("menuitem", { name: /Poet/ });
  await user.keyboard("{Escape}");
  await waitFor(() => expect(button).toHaveFocus());
  await user.keyboard("{Enter}{ArrowDown}{Enter}");
  await waitFor(() => expect(location.pathname).toBe("/a/agent-2"));
});

it.each([
  ["the form", <EditAgent key="e" agentId="agent-1" />],
  ["the list", <AgentsPage key="l" />],
])("has nothing in %s that axe objects to", async (_, page) => {
  serve({ agents: [scholar] });
  const { container } = renderPage(<main>{page}</main>);
  await waitFor(() => expect(screen.queryByText("Loading…")).toBeNull());
  expect(await violations(container)).toEqual([]);
});

it("shares an agent with everyone, and marks it in the menu", async () => {
  const fake = serve({ agents: [scholar] });
  const { user } = renderPage(<EditAgent agentId="agent-1" />);
  await user.click(await screen.findByRole("switch", { name: /Shared with everyone/ }));
  await waitFor(() => expect(fake.agents[0]?.visibility).toBe("shared"));
  expect(fake.agents[0]?.agent_config.name).toBe("Scholar");
});

it("marks agents of others, and offers no form for them", async () => {
  const others = { ...scholar, visibility: "shared", access: "shared" } as const;
  serve({ agents: [others] });
  server.use(
    http.get("/v1/account", () =>
      HttpResponse.json({
        user: {
          user_id: "u",
          name: "eve",
          role: "user",
          created_at: scholar.created_at,
          disabled: false,
        },
        via: "cookie",
        scopes: ["read", "write"],
      }),
    ),
  );
  const { user } = renderPage(
    <>
      <AgentPicker agent={others} />
      <EditAgent agentId="agent-1" />
    </>,
  );
  expect(await screen.findByText("This agent is another user’s")).toBeVisible();
  expect(screen.queryByLabelText("Instructions")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Agent: Scholar" }));
  expect(await screen.findByText(/· Shared$/)).toBeVisible();
});
