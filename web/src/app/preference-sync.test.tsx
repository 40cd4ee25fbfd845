import { act, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { afterEach, beforeEach, expect, it } from "vitest";

import { DEFAULTS, prefer, preferences } from "@/storage/preferences";
import { serve } from "@/testing/fake-server";
import { renderPage } from "@/testing/render-page";
import { server } from "@/testing/server";
import { anAccount } from "@/testing/values";
import { chooseMode } from "@/theme/mode";

import { PreferenceSync } from "./preference-sync";

let kept: Record<string, unknown> = {};
let asked: string[] = [];

/** A server at which somebody has signed in. */
function signedIn(values: Record<string, unknown>): void {
  kept = values;
  asked = [];
  serve();
  server.use(
    http.get("/v1/account", () => HttpResponse.json(anAccount({ via: "cookie" }))),
    http.get("/v1/account/preferences", () => {
      asked.push("GET");
      return HttpResponse.json({ values: kept });
    }),
    http.patch("/v1/account/preferences", async ({ request }) => {
      const { values } = (await request.json()) as { values: Record<string, unknown> };
      asked.push(`PATCH ${Object.keys(values).join(" ")}`);
      kept = { ...kept, ...values };
      return HttpResponse.json({ values: kept });
    }),
  );
}

const comeBack = () =>
  act(async () => {
    document.dispatchEvent(new Event("visibilitychange"));
    await Promise.resolve();
  });

beforeEach(() => {
  prefer(DEFAULTS);
  chooseMode("system");
});
afterEach(() => act(() => prefer(DEFAULTS)));

it("takes what the user prefers elsewhere, and brings what only this browser has", async () => {
  signedIn({ density: "compact", mode: "dark", fromTheFuture: 1 });
  prefer({ density: "comfortable", chatWidth: "wide", sidebarOpen: false });
  renderPage(<PreferenceSync />);
  await waitFor(() => expect(asked).toEqual(["GET", "PATCH chatWidth"]));
  expect(preferences()).toMatchObject({ density: "compact", chatWidth: "wide" });
  await waitFor(() =>
    expect(document.documentElement).toHaveAttribute("data-color-scheme", "dark"),
  );
  expect(kept).not.toHaveProperty("sidebarOpen");
});

it("tells what is changed here, and hears what was changed elsewhere when one comes back", async () => {
  signedIn({});
  renderPage(<PreferenceSync />);
  await waitFor(() => expect(asked).toEqual(["GET"]));
  act(() => prefer({ messages: "flat" }));
  await waitFor(() => expect(kept).toEqual({ messages: "flat" }));
  kept = { messages: "bubbles", codeTheme: "dark" };
  await comeBack();
  await waitFor(() =>
    expect(preferences()).toMatchObject({ messages: "bubbles", codeTheme: "dark" }),
  );
});

it("brings nothing of who used this browser before", async () => {
  localStorage.setItem(
    "tertulia-agreed",
    JSON.stringify({ userId: "somebody-else", values: { density: "compact" } }),
  );
  prefer({ density: "compact", enterSends: false });
  signedIn({ chatWidth: "full" });
  renderPage(<PreferenceSync />);
  await waitFor(() => expect(preferences().chatWidth).toBe("full"));
  expect(preferences()).toMatchObject({ density: "comfortable", enterSends: true });
  expect(asked).toEqual(["GET"]);
});
