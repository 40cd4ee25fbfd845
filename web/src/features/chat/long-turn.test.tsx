import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { isAwaited } from "@/components/awaited";
import { renderPage } from "@/testing/render-page";
import { aTurn } from "@/testing/values";

import { LongTurn } from "./long-turn";

const begun = (seconds: number) =>
  aTurn({
    turn_id: "long",
    status: "running",
    steps: [],
    completed_at: null,
    started_at: new Date(Date.now() - seconds * 1000).toISOString(),
  });

const give = (answer: NotificationPermission) => {
  const requestPermission = vi.fn(() => {
    Object.assign(Notification, { permission: answer });
    return Promise.resolve(answer);
  });
  vi.stubGlobal(
    "Notification",
    Object.assign(vi.fn(), { permission: "default", requestPermission }),
  );
  return requestPermission;
};

afterEach(() => vi.unstubAllGlobals());

it("a turn of less than a minute offers nothing", () => {
  give("granted");
  renderPage(<LongTurn turn={begun(20)} onStop={() => undefined} />);
  expect(screen.queryByRole("button")).toBeNull();
});

it("one that takes longer can be stopped, or told of when it ends; the browser asks only then", async () => {
  const asked = give("granted");
  const onStop = vi.fn();
  const { user } = renderPage(<LongTurn turn={begun(70)} onStop={onStop} />);
  await user.click(screen.getByRole("button", { name: "Stop" }));
  expect(onStop).toHaveBeenCalledOnce();
  expect(asked).not.toHaveBeenCalled();
  await user.click(screen.getByRole("button", { name: "Notify me when it ends" }));
  await waitFor(() => expect(screen.getByRole("group")).toHaveTextContent("You will be notified."));
  expect(isAwaited("long")).toBe(true);
});

it("says where they are blocked", async () => {
  give("denied");
  const { user } = renderPage(
    <LongTurn turn={{ ...begun(70), turn_id: "other" }} onStop={vi.fn()} />,
  );
  await user.click(screen.getByRole("button", { name: "Notify me when it ends" }));
  expect(await screen.findByText(/blocked/)).toBeInTheDocument();
  expect(isAwaited("other")).toBe(false);
});
