import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { dismissNotice } from "@/components/notices";
import { violations } from "@/testing/axe";
import { problem, serve } from "@/testing/fake-server";
import { renderPage } from "@/testing/render-page";
import { server } from "@/testing/server";
import { aGroup, aTool } from "@/testing/tool-calls";
import { aServerConfig } from "@/testing/values";

import { problemsFrom, problemsIn, EMPTY, groupOf } from "./server-draft";
import { ToolsPage } from "./tools-page";

beforeEach(() => {
  dismissNotice();
  Element.prototype.scrollIntoView = () => undefined; // jsdom has no layout to scroll
});

const weather = aGroup({
  toolgroup_id: "builtin::weather",
  provider: "builtin",
  mcp_endpoint: null,
  is_configured: true,
  approval: null,
});
const button = (name: string) => screen.findByRole("button", { name });

describe("the tools of the server", () => {
  it("are listed by their groups, each with its rules", async () => {
    const policy = { ...aTool().policy, approval: "always", timeout: 30 } as const;
    serve({ groups: [weather], tools: [aTool({ policy })] });
    const { user, container } = renderPage(
      <main>
        <ToolsPage />
      </main>,
    );
    await user.click(await button("1 tool"));
    const tool = within(screen.getByRole("list", { name: "Tools of weather" }));
    expect(tool.getByText("Tells the weather of a city.")).toBeVisible();
    expect(within(tool.getByRole("list", { name: "Rules" })).getAllByRole("listitem")).toHaveLength(
      3,
    );
    expect(tool.getByText("Asks each time")).toBeVisible();
    expect(await violations(container)).toEqual([]);
  });

  it("can be tried, and answer as in a talk", async () => {
    const fake = serve({ groups: [weather], tools: [aTool()] });
    const { user } = renderPage(<ToolsPage />);
    await user.click(await button("1 tool"));
    await user.click(await button("Try it: weather"));
    const dialog = within(await screen.findByRole("dialog", { name: "Try weather" }));
    await user.click(dialog.getByRole("button", { name: "Run" }));
    const city = dialog.getByRole("textbox", { name: /city/ });
    expect(city).toHaveAccessibleDescription("This is needed.");
    expect(fake.called).toEqual([]);
    await user.type(city, "Lisbon{Enter}");
    const result = await dialog.findByRole("group", { name: "Result" });
    expect(await within(result).findByRole("group", { name: "Output" })).toHaveTextContent(
      "city: Lisbon",
    );
    expect(fake.called).toEqual([{ name: "weather", arguments: { city: "Lisbon" } }]);
    expect(await violations()).toEqual([]);
  });

  it("say at the field what the server has against an argument", async () => {
    serve({ groups: [weather], tools: [aTool()] });
    const errors = [{ pointer: "/arguments/city", detail: "no such city" }];
    server.use(
      http.post("/v1/tools/weather/call", () => problem(400, "invalid", "No.", { errors })),
    );
    const { user } = renderPage(<ToolsPage />);
    await user.click(await button("1 tool"));
    await user.click(await button("Try it: weather"));
    const city = await screen.findByRole("textbox", { name: /city/ });
    await user.type(city, "X{Enter}");
    await waitFor(() => expect(city).toHaveAccessibleDescription("no such city"));
  });
});

describe("an MCP server", () => {
  it("is added by its address, with what it is reached with", async () => {
    const fake = serve();
    const { user } = renderPage(<ToolsPage />);
    await user.click(await button("Add MCP server"));
    const dialog = within(await screen.findByRole("dialog", { name: "Add MCP server" }));
    await user.type(dialog.getByRole("textbox", { name: /^Name/ }), "my files");
    await user.click(dialog.getByRole("button", { name: "Add" }));
    const name = dialog.getByRole("textbox", { name: /^Name/ });
    expect(name).toHaveFocus();
    expect(name).toHaveAccessibleDescription("A name of letters, digits and “-_.:”.");
    expect(await violations()).toEqual([]);
    await user.clear(name);
    await user.type(name, "files");
    await user.type(dialog.getByRole("textbox", { name: /Address/ }), "https://mcp.example/mcp");
    await user.type(dialog.getByLabelText(/^Authorization/), "secret");
    await user.type(dialog.getByRole("textbox", { name: /headers/ }), "X-Team: 7");
    await user.click(dialog.getByRole("button", { name: "Add" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(fake.registered).toEqual([
      {
        toolgroup_id: "files",
        mcp_endpoint: { uri: "https://mcp.example/mcp" },
        authorization: "secret",
        headers: { "X-Team": "7" },
        approval: "first_time",
      },
    ]);
    expect(await screen.findByRole("region", { name: "files" })).toHaveTextContent("Ready");
  });

  it("that does not answer is not added, and the reason said", async () => {
    serve();
    server.use(
      http.post("/v1/toolgroups", () => problem(502, "tool_server_unavailable", "Refused.")),
    );
    const { user } = renderPage(<ToolsPage />);
    await user.click(await button("Add MCP server"));
    await user.type(screen.getByRole("textbox", { name: /^Name/ }), "files");
    await user.type(screen.getByRole("textbox", { name: /Address/ }), "http://127.0.0.1:1/mcp");
    await user.click(await button("Add"));
    expect(await screen.findByText("Refused.")).toBeVisible();
    expect(screen.getByRole("textbox", { name: /^Name/ })).toHaveValue("files");
  });

  it.each([true, false])("can be a program where the server runs those (%s)", async (programs) => {
    serve();
    server.use(
      http.get("/v1/config", () => HttpResponse.json({ ...aServerConfig, tools: { programs } })),
    );
    const { user } = renderPage(<ToolsPage />);
    await user.click(await button("Add MCP server"));
    await screen.findByRole("dialog", { name: "Add MCP server" });
    if (programs) await user.click(await button("As a program"));
    else await waitFor(() => expect(screen.queryByText("As a program")).not.toBeInTheDocument());
    const fields = programs ? ["Program", "Address"] : ["Address", "Program"];
    expect(screen.getByRole("textbox", { name: new RegExp(`^${fields[0]}`) })).toBeVisible();
    expect(screen.queryByRole("textbox", { name: new RegExp(`^${fields[1]}`) })).toBeNull();
  });

  it("that is a program is said by its lines", () => {
    const draft = { ...EMPTY, name: "git", way: "command", command: "uvx" } as const;
    const group = groupOf({ ...draft, args: "mcp-server-git\n--all", env: "A=b=c\nD=" });
    expect(group.mcp_endpoint).toEqual({
      command: "uvx",
      args: ["mcp-server-git", "--all"],
      env: { A: "b=c", D: "" },
    });
    expect(problemsIn({ ...draft, env: "nothing" })).toHaveProperty("env");
    expect(problemsIn({ ...EMPTY, name: "a", uri: "ftp://x" })).toHaveProperty("uri");
    expect(problemsFrom([{ pointer: "/mcp_endpoint/uri", detail: "no" }])).toEqual({ uri: "no" });
  });

  it("whose tools have changed shows how, until that is accepted", async () => {
    const pinned = { name: "read", description: "Reads a file.", input_schema: {} };
    const current = { ...pinned, description: "Reads a file and sends it away." };
    const changes = [{ name: "read", pinned, current }];
    serve({ groups: [aGroup({ status: "changed", pinned: false, changes })] });
    const { user, container } = renderPage(
      <main>
        <ToolsPage />
      </main>,
    );
    await user.click(await button("read has changed"));
    expect(screen.getByText("Reads a file and sends it away.")).toBeVisible();
    expect(await violations(container)).toEqual([]);
    await user.click(await button("Accept the changes of files"));
    await waitFor(() => expect(screen.queryByText(/not as it was accepted/)).toBeNull());
  });

  it("is removed when that is confirmed", async () => {
    const fake = serve({ groups: [aGroup({ status: "unreachable", error: "Refused." })] });
    const { user } = renderPage(<ToolsPage />);
    expect(await screen.findByText("Refused.")).toBeVisible();
    await user.click(await button("Remove files"));
    const dialog = within(await screen.findByRole("alertdialog", { name: "Remove “files”?" }));
    await user.click(dialog.getByRole("button", { name: "Remove" }));
    await waitFor(() => expect(fake.groups).toEqual([]));
  });

  it("of the server's settings stays", async () => {
    serve({ groups: [aGroup({ is_configured: true })] });
    renderPage(<ToolsPage />);
    expect(await screen.findByText(/From the server’s settings/)).toBeVisible();
    expect(screen.queryByRole("button", { name: /Remove/ })).not.toBeInTheDocument();
  });
});
