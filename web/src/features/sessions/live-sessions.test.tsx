import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";

import type { Session } from "@/api/types";
import { violations } from "@/testing/axe";
import { type FakeServer, serve } from "@/testing/fake-server";
import { giveSizes } from "@/testing/layout";
import { renderPage } from "@/testing/render-page";
import { aSession } from "@/testing/values";

import { LiveSessions } from "./live-sessions";
import { Sidebar } from "./sidebar";

const lisbon = aSession("s1", { session_name: "A week in Lisbon" });
const cats = aSession("s2", { session_name: "Names for a cat" });

async function followed(openId: string | null = null): Promise<FakeServer> {
  giveSizes();
  const fake = serve({ sessions: [lisbon, cats] });
  renderPage(
    <nav>
      <Sidebar agentId="agent-1" openId={openId} isArchive={false} onArchive={() => undefined} />
      <LiveSessions agentId="agent-1" openId={openId} />
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

describe("what was said meanwhile", () => {
  const unread = () => screen.findByRole("link", { name: /Unread/ });

  function comesToRest(fake: FakeServer, session: Session): void {
    const ended = { ...session, active_turn_id: "t9", updated_at: "2126-01-01T00:00:00Z" };
    fake.sessions = [
      ended,
      ...fake.sessions.filter(({ session_id: id }) => id !== session.session_id),
    ];
    const turn = { turn_id: "t9", turn_status: "completed" } as const;
    const { session_id } = session;
    fake.tell({ event_type: "turn_at_rest", session_id, session: ended, ...turn });
  }

  it("marks its session until that is opened, whichever tab opens it", async () => {
    const fake = await followed();
    expect(screen.queryByText("Unread")).toBeNull();
    comesToRest(fake, cats);
    expect(await unread()).toHaveTextContent("Names for a cat");
    expect(await violations()).toEqual([]);
    otherTabSees({ ...cats, active_turn_id: "t9", updated_at: "2126-01-01T00:00:00Z" });
    await waitFor(() => expect(screen.queryByText("Unread")).toBeNull());
  });

  it("marks no session that is seen, and one in a tab that is not looked at until it is", async () => {
    const fake = await followed("s2");
    await waitFor(() => expect(localStorage.getItem("tertulia-looks")).toContain("s2"));
    comesToRest(fake, cats);
    await waitFor(() => expect(localStorage.getItem("tertulia-looks")).toContain("t9"));
    expect(screen.queryByText("Unread")).toBeNull();

    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    fake.tell({
      event_type: "turn_at_rest",
      session_id: "s2",
      session: { ...cats, active_turn_id: "t10", updated_at: "2126-01-02T00:00:00Z" },
      turn_id: "t10",
    });
    expect(await unread()).toHaveTextContent("Names for a cat");
    hidden.mockRestore();
    document.dispatchEvent(new Event("visibilitychange"));
    await waitFor(() => expect(screen.queryByText("Unread")).toBeNull());
  });
});

function otherTabSees({ session_id: id, active_turn_id: turnId, updated_at: at }: Session): void {
  localStorage.setItem("tertulia-looks", JSON.stringify([[id, at, `${turnId} completed`]]));
  dispatchEvent(new StorageEvent("storage", { key: "tertulia-looks" }));
}
