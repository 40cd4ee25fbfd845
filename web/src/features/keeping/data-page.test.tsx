import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { archiveOf, entry } from "@/testing/archive";
import { violations } from "@/testing/axe";
import { problem, serve } from "@/testing/fake-server";
import { renderPage } from "@/testing/render-page";
import { server } from "@/testing/server";
import { aConfig, anAgent, aServerConfig, aSession } from "@/testing/values";

import { DataPage } from "./data-page";

const document = (name: string, agent = anAgent()) =>
  JSON.stringify({ format: "tertulia.session", agent, session: { session_name: name }, files: [] });
const fileOf = (name: string, text = document(name)) => new File([text], `${name}.json`);

/** A server that takes all; it was here before if its name is "Again". */
function open(most = aServerConfig.limits.max_body_bytes) {
  const fake = serve();
  const limits = { ...aServerConfig.limits, max_body_bytes: most };
  const brought: string[] = [];
  server.use(
    http.get("/v1/config", () => HttpResponse.json({ ...aServerConfig, limits })),
    http.post<{ agent: string }, { session: { session_name: string } }>(
      "/v1/agents/:agent/sessions/import",
      async ({ params, request }) => {
        const { session_name: name } = (await request.json()).session;
        if (name === "Wrong") return problem(400, "invalid_request", "/turns/0: it is no log.");
        brought.push(`${name} with ${params.agent}`);
        const session = aSession(name.toLowerCase(), {
          session_name: name,
          agent_id: params.agent,
        });
        return HttpResponse.json(session, { status: name === "Again" ? 200 : 201 });
      },
    ),
  );
  return { fake, brought, ...renderPage(<DataPage />) };
}

const input = async () => await screen.findByLabelText("Choose files", { selector: "input" });

describe("bringing in", () => {
  it("takes files that are chosen, and leads to what came", async () => {
    const { brought, user, container } = open();
    await user.upload(await input(), [fileOf("Lisbon"), fileOf("Again")]);
    expect(await screen.findByText(/1 was here already/, { selector: "p" })).toBeVisible();
    expect(brought).toEqual(["Lisbon with agent-1", "Again with agent-1"]);
    const came = within(screen.getByRole("list", { name: "Sessions that came" }));
    expect(came.getByRole("link", { name: "Lisbon" })).toHaveAttribute(
      "href",
      "/a/agent-1/s/lisbon",
    );
    expect(await violations(container)).toEqual([]);
  });

  it("takes files that are dropped", async () => {
    const { brought } = open();
    const target = (await screen.findByText("Drop files here")).parentElement!;
    fireEvent.drop(target, { dataTransfer: { files: [fileOf("Lisbon")] } });
    await waitFor(() => expect(brought).toEqual(["Lisbon with agent-1"]));
  });

  it("says of each that cannot come why, and brings the others in", async () => {
    const { brought, user } = open();
    await user.upload(await input(), [
      fileOf("Wrong"),
      fileOf("poem", "Roses are red"),
      fileOf("Lisbon"),
    ]);
    expect(await screen.findByText("Wrong: /turns/0: it is no log.")).toBeVisible();
    expect(
      screen.getByText("poem.json: This is neither a JSON file nor an archive."),
    ).toBeVisible();
    expect(brought).toEqual(["Lisbon with agent-1"]);
  });

  it("sends nothing that the server would not take", async () => {
    const { brought, user } = open(100);
    await user.upload(await input(), fileOf("Lisbon"));
    expect(await screen.findByText(/takes up to 100/)).toBeVisible();
    expect(brought).toEqual([]);
  });

  it("makes the agents of an archive once, and finds those that are here", async () => {
    const { fake, brought, user } = open();
    const scholar = anAgent("elsewhere", { name: "Scholar" });
    const twin = anAgent("twin", aConfig);
    const account = entry("account.json", '{"format":"tertulia.account"}');
    const sessions = [
      document("Lisbon", scholar),
      document("Porto", scholar),
      document("Faro", twin),
    ].map((text, n) => entry(`sessions/${n}.json`, text));
    await user.upload(
      await input(),
      archiveOf([account, ...sessions, entry("uploads/u.json", "{}")]),
    );
    expect(await screen.findByText(/1 file that no session/, { selector: "p" })).toBeVisible();
    expect(brought).toEqual(["Lisbon with agent-2", "Porto with agent-2", "Faro with agent-1"]);
    expect(fake.agents.map((agent) => agent.agent_config.name)).toEqual(["Companion", "Scholar"]);
  });

  it("brings all in with one agent if that was chosen", async () => {
    const { brought, user } = open();
    await user.click(await screen.findByRole("combobox", { name: "Sessions come with" }));
    await user.click(await screen.findByRole("option", { name: "Companion" }));
    await user.upload(await input(), fileOf("Lisbon", document("Lisbon", anAgent("elsewhere"))));
    await waitFor(() => expect(brought).toEqual(["Lisbon with agent-1"]));
  });

  it("can be stopped, and says so", async () => {
    const { user } = open();
    server.use(
      http.post("/v1/agents/:agent/sessions/import", async ({ request }) => {
        await new Promise((resolve) => request.signal.addEventListener("abort", resolve));
        return HttpResponse.error();
      }),
    );
    await user.upload(await input(), fileOf("Lisbon"));
    expect(
      await screen.findByRole("progressbar", { name: "How much has been read" }),
    ).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Stop" }));
    expect(await screen.findByText(/Stopped before the end/, { selector: "p" })).toBeVisible();
  });
});
