import { afterEach, expect, it, vi } from "vitest";

import { prefer } from "@/storage/preferences";

import { lineChars } from "./line-chars";

function giveWindow(px: number) {
  vi.stubGlobal("innerWidth", px);
  dispatchEvent(new Event("resize"));
}

afterEach(() => {
  vi.unstubAllGlobals();
  dispatchEvent(new Event("resize"));
});

it("a line holds what it holds in a column of 800 px, where there is room for that", () => {
  giveWindow(1280);
  expect(lineChars(64)).toBe(64);
});

it("a line of a wider talk holds more, as far as the window reaches beside the sidebar", () => {
  giveWindow(2000);
  prefer({ chatWidth: "wide" });
  expect(lineChars(64)).toBe(93);
  prefer({ chatWidth: "full" });
  expect(lineChars(64)).toBe(148);
  prefer({ sidebarOpen: false });
  expect(lineChars(64)).toBe(174);
  prefer({ chatWidth: "narrow", sidebarOpen: true });
});

it("a line on a phone holds less", () => {
  giveWindow(390);
  expect(lineChars(64)).toBe(41);
});
