import { screen, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";

import { serve } from "@/testing/fake-server";
import { renderPage } from "@/testing/render-page";
import { aSession } from "@/testing/values";

import { SessionSelector } from "./session-selector";

const MANY = Array.from({ length: 60 }, (_, n) => aSession(`s${n}`, { session_name: `Talk ${n}` }));
const PATIENCE = { timeout: 15_000 };

it("leads to every session, also to those that are not listed at first", async () => {
  serve({ sessions: MANY });
  const onSessionChange = vi.fn();
  const { user } = renderPage(
    <SessionSelector agentId="agent-1" currentSession={null} onSessionChange={onSessionChange} />,
  );
  await user.click(await screen.findByRole("combobox", { name: "Session" }));
  const menu = within(await screen.findByRole("listbox"));
  expect(await menu.findByText("Talk 0", {}, PATIENCE)).toBeVisible();
  expect(menu.queryByText("Talk 59")).toBeNull();

  await user.click(await menu.findByText("More sessions", {}, PATIENCE));
  const last = await menu.findByText("Talk 59", {}, PATIENCE);
  expect(menu.queryByText("More sessions")).toBeNull();
  expect(onSessionChange).not.toHaveBeenCalled();
  await user.click(last);
  expect(onSessionChange).toHaveBeenCalledWith("s59");
}, 40_000);
