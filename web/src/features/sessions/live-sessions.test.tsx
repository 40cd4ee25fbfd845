import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { type FakeServer, serve } from "@/testing/fake-server";
import { giveSizes } from "@/testing/layout";
import { renderPage } from "@/testing/render-page";
import { aSession } from "@/testing/values";

import { LiveSessions } from "./live-sessions";
import { Sidebar } from "./sidebar";

const lisbon = aSession("s1", { session_name: "A week in Lisbon" });
const cats = aSession("s2", { session_name: "Names for a cat" });

async function followed(): Promise<FakeServer> {
  giveSizes();
  const fake = serve({ sessions: [lisbon, cats] });
  renderPage(
    <nav>
      <Sidebar agentId="agent-1" openId={null} isArchive={false} onArchive={() => undefined} />
      <LiveSessions agentId="agent-1" openId={null} />
    </nav>,
  );
  await screen.findByRole("link", { name: /Lisbon/ });
  await waitFor(() => expect(fake.followers).toHaveLength(1));
  return fake;
}

const links = () =>
  screen.getAllByRole("link", { name: /Lisbon|cat|Oslo/ }).map((l) => l.textContent);

describe("what happens elsewhere", () => {
  it("shows in the list: a new session, a new name, one that is gone", async () => {
    const fake = await followed();
    const oslo = aSession("s3", { session_name: "Oslo", updated_at: lisbon.updated_at });
    fake.sessions = [oslo, lisbon, cats];
    fake.tell({ event_type: "session_created", session_id: "s3", session: oslo });
    expect(await screen.findByRole("link", { name: /Oslo/ })).toBeVisible();
    const renamed = { ...lisbon, session_name: "Two weeks in Lisbon" };
    fake.sessions = [oslo, renamed, cats];
    fake.tell({ event_type: "session_renamed", session_id: "s1", session: renamed });
    expect(await screen.findByRole("link", { name: /Two weeks in Lisbon/ })).toBeVisible();
    fake.sessions = [oslo, renamed];
    fake.tell({ event_type: "session_deleted", session_id: "s2" });
    await waitFor(() => expect(screen.queryByRole("link", { name: /cat/ })).toBeNull());
  });

  it("brings the session to the front in which somebody speaks", async () => {
    const fake = await followed();
    const busy = { ...cats, status: "running", updated_at: "2126-01-01T00:00:00.000000Z" } as const;
    fake.sessions = [busy, lisbon];
    fake.tell({ event_type: "turn_started", session_id: "s2", session: busy, turn_id: "t" });
    expect(await screen.findByRole("link", { name: /The agent is working/ })).toBeVisible();
    expect(links()[0]).toMatch(/cat/);
  });

  it("is asked for anew when it was missed", async () => {
    const fake = await followed();
    fake.sessions = [aSession("s3", { session_name: "Oslo" })];
    fake.tell({ event_type: "following", has_missed: true });
    expect(await screen.findByRole("link", { name: /Oslo/ })).toBeVisible();
    await waitFor(() => expect(screen.queryByRole("link", { name: /Lisbon/ })).toBeNull());
  });
});
