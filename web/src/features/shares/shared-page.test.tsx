import { act, screen } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, it, vi } from "vitest";

import type { SharedSession, SharedTurn } from "@/api/types";
import { problem } from "@/testing/fake-server";
import { giveWidth } from "@/testing/layout";
import { renderPage } from "@/testing/render-page";
import { server } from "@/testing/server";
import { anAnswer, aTurn } from "@/testing/values";

import { SharedPage } from "./shared-page";

beforeEach(() => giveWidth(1200));

const turn = (n: number, values: Partial<SharedTurn> = {}): SharedTurn => ({
  ...aTurn({ n, output_message: anAnswer(`Answer ${n}`) }),
  ...values,
});

/** A link to these pages of turns. */
const link = (...pages: readonly (readonly SharedTurn[])[]) => linkWith({}, ...pages);

function linkWith(more: Partial<SharedSession>, ...pages: readonly (readonly SharedTurn[])[]) {
  const state = { isBroken: false, isRestAway: false, isRevoked: false };
  server.use(
    http.get("/v1/shared/:token", ({ request }) => {
      const at = Number(new URL(request.url).searchParams.get("cursor") ?? 0);
      if (state.isRevoked) return problem(410, "share_gone", "It was revoked.");
      if (state.isBroken || (state.isRestAway && at > 0))
        return problem(400, "trouble", "Not now.");
      const hasMore = at + 1 < pages.length;
      const session: Partial<SharedSession> = {
        session_name: "Where to go",
        live: false,
        shared_at: "2025-06-12T12:00:00.000000Z",
        expires_at: null,
        shared_by: null,
        include: "messages",
        ...more,
        turns: pages[at] ?? [],
        next_cursor: hasMore ? String(at + 1) : null,
      };
      return HttpResponse.json({ ...session, has_more: hasMore });
    }),
  );
  return state;
}

it("what was read by a link stays while the server is away, and goes when the link is revoked", async () => {
  const state = link([turn(1)]);
  const { client } = renderPage(<SharedPage token="secret" />);
  expect(await screen.findByText("Answer 1")).toBeVisible();
  state.isBroken = true;
  await act(() => client.refetchQueries());
  expect(screen.getByText("Answer 1")).toBeVisible();
  state.isBroken = false;
  state.isRevoked = true;
  await act(() => client.refetchQueries());
  expect(await screen.findByText("This link shows nothing any more")).toBeVisible();
  expect(screen.queryByText("Answer 1")).toBeNull();
});

it("a turn that cannot be drawn leaves the others to be read", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined); // React tells of it there, too
  link([turn(1), turn(2, { output_message: null as never }), turn(3)]);
  renderPage(<SharedPage token="secret" />);
  expect(await screen.findByText("Answer 3")).toBeVisible();
  expect(screen.getByText("Answer 1")).toBeVisible();
  expect(screen.getByText("This turn cannot be shown")).toBeVisible();
});

it("what does not come of a long talk can be asked for again", async () => {
  const state = link([turn(1)], [turn(2)]);
  state.isRestAway = true;
  const { user } = renderPage(<SharedPage token="secret" />);
  expect(await screen.findByText("The rest could not be loaded")).toBeVisible();
  expect(screen.getByText("Answer 1")).toBeVisible();
  state.isRestAway = false;
  await user.click(screen.getByRole("button", { name: "Retry" }));
  expect(await screen.findByText("Answer 2")).toBeVisible();
});

it("says who has shared it, if they wished so", async () => {
  linkWith({ shared_by: "Ana" }, [turn(1)]);
  renderPage(<SharedPage token="secret" />);
  expect(await screen.findByText(/^Shared by Ana on .+, snapshot of 1 turn$/)).toBeVisible();
});

it("has each turn as it came where its owner chose so, and nowhere else", async () => {
  linkWith({ include: "raw" }, [turn(1)]);
  const { user, unmount } = renderPage(<SharedPage token="secret" />);
  await user.click(await screen.findByRole("button", { name: "Show raw" }));
  expect(await screen.findByRole("region", { name: /as the server has it/ })).toHaveTextContent(
    '"content": "Answer 1"',
  );
  unmount();
  linkWith({ include: "steps" }, [turn(1)]);
  renderPage(<SharedPage token="secret" />);
  expect(await screen.findByText("Answer 1")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Show raw" })).toBeNull();
});
