import { renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { useVisibleHeight } from "./use-visible-height";

/** What is seen of a page that is 800 pixels high. */
class View extends EventTarget {
  height = 800;
  offsetTop = 0;
  scale = 1;
  become(values: Partial<Pick<View, "height" | "offsetTop" | "scale">>, event = "resize") {
    Object.assign(this, values);
    this.dispatchEvent(new Event(event));
  }
}

let view: View;
beforeEach(() => {
  view = new View();
  vi.stubGlobal("visualViewport", view);
  vi.stubGlobal("innerHeight", 800);
});
afterEach(() => vi.unstubAllGlobals());

const kept = () =>
  ["--t-height", "--t-top"].map((name) => document.documentElement.style.getPropertyValue(name));

it("is what a keyboard leaves, while it is there", () => {
  renderHook(useVisibleHeight);
  expect(kept()).toEqual(["", ""]);
  view.become({ height: 420 });
  expect(kept()).toEqual(["420px", "0px"]);
  view.become({ offsetTop: 90 }, "scroll");
  expect(kept()).toEqual(["420px", "90px"]);
  view.become({ height: 800, offsetTop: 0 });
  expect(kept()).toEqual(["", ""]);
});

it("is nobody's business when the page is zoomed, or a bar of the browser comes", () => {
  renderHook(useVisibleHeight);
  view.become({ height: 400, scale: 2 });
  expect(kept()).toEqual(["", ""]);
  view.become({ height: 740, scale: 1 });
  expect(kept()).toEqual(["", ""]);
});

it("is forgotten with the frame, and not missed where the browser does not tell", () => {
  const { unmount } = renderHook(useVisibleHeight);
  view.become({ height: 420 });
  unmount();
  expect(kept()).toEqual(["", ""]);
  view.become({ height: 420 });
  expect(kept()).toEqual(["", ""]);
  vi.stubGlobal("visualViewport", null);
  renderHook(useVisibleHeight);
});
