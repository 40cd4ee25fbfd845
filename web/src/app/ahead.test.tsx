import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import { http } from "msw";
import { beforeEach, expect, it } from "vitest";

import { createQueryClient } from "@/api/query-client";
import { serve } from "@/testing/fake-server";
import { giveSizes } from "@/testing/layout";
import { giveResizeObserver } from "@/testing/resizing";
import { server } from "@/testing/server";
import { TurnServer } from "@/testing/turn-server";
import { anAgent, aSession, aTurn } from "@/testing/values";

import { fetchAhead } from "./ahead";
import { App } from "./app";

const TALK = "/v1/agents/agent-1/session/s1";
const OF_A_TALK = ["/v1/agents", "/v1/agents/agent-1", TALK, `${TALK}/turns`, "/v1/config"];

/** The paths that are asked for from now on, in order. */
function asked(): string[] {
  const paths: string[] = [];
  server.events.on("request:start", ({ request }) => paths.push(new URL(request.url).pathname));
  return paths;
}

beforeEach(() => {
  giveSizes();
  giveResizeObserver();
  server.events.removeAllListeners();
});

it("asks for all that a talk's address shows, none after another, and the page asks for none of it again", async () => {
  serve({ agents: [anAgent("agent-1")] });
  const session = aSession("s1", { session_name: "Lisbon", turn_count: 1 });
  new TurnServer([aTurn({ turn_id: "t1", session_id: "s1" })]).sessions = [session];
  let answer = (): void => undefined;
  const allAreAsked = new Promise<undefined>((done) => (answer = () => done(undefined)));
  server.use(http.get("/v1/*", () => allAreAsked)); // and then others answer
  const paths = asked();
  const client = createQueryClient();
  fetchAhead(client, "/a/agent-1/s/s1");
  await waitFor(() => expect([...paths].sort()).toEqual(OF_A_TALK));
  answer();
  history.replaceState(null, "", "/a/agent-1/s/s1");
  render(
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>,
  );
  await screen.findByRole("feed");
  expect(screen.getByRole("heading", { level: 1, name: "Lisbon" })).toBeVisible();
  expect(paths.filter((path) => OF_A_TALK.includes(path)).sort()).toEqual(OF_A_TALK);
});

it.each([
  ["/", ["/v1/agents", "/v1/config"]],
  ["/a/agent-1", ["/v1/agents", "/v1/agents/agent-1", "/v1/config"]],
  ["/share/a-link", []],
  ["/embed/agent-1", []],
  ["/a/agent-1/s/%E0%A4%A", []],
])("asks for no more than is shown at %s", async (path, wanted) => {
  serve();
  const paths = asked();
  fetchAhead(createQueryClient(), path);
  await fetch(new URL("/v1/health", location.href));
  const before = paths.slice(0, paths.indexOf("/v1/health"));
  expect(before.sort()).toEqual(wanted);
});
