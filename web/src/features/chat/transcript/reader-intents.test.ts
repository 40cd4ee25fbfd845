import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { listenToReader } from "./reader-intents";

const intents = {
  onLeave: vi.fn(),
  onReachEnd: vi.fn(),
  onNear: vi.fn(),
  onApproachStart: vi.fn(),
};
let scroller: HTMLElement;
let stop: () => void;

/** A scroller of 600 px that holds 5000 px, at its end. */
beforeEach(() => {
  vi.resetAllMocks();
  scroller = document.createElement("div");
  Object.defineProperties(scroller, {
    scrollHeight: { value: 5000 },
    clientHeight: { value: 600 },
    clientWidth: { value: 400 },
  });
  scroller.append("some text");
  document.body.append(scroller);
  scroller.scrollTop = 4400;
  stop = listenToReader(scroller, intents);
});
afterEach(() => {
  stop();
  scroller.remove();
});

function scrollTo(top: number) {
  scroller.scrollTop = top;
  scroller.dispatchEvent(new Event("scroll"));
}

function touch(type: string, clientY: number) {
  scroller.dispatchEvent(Object.assign(new Event(type), { touches: [{ clientY }] }));
}

describe("the reader leaves the end", () => {
  it.each<[string, () => void]>([
    ["turning the wheel up", () => scroller.dispatchEvent(new WheelEvent("wheel", { deltaY: -1 }))],
    ["by PageUp", () => scroller.dispatchEvent(new KeyboardEvent("keydown", { key: "PageUp" }))],
    ["by Home", () => scroller.dispatchEvent(new KeyboardEvent("keydown", { key: "Home" }))],
    [
      "pulling down with a finger",
      () => {
        touch("touchstart", 100);
        touch("touchmove", 101);
      },
    ],
    [
      "selecting text",
      () => {
        getSelection()?.selectAllChildren(scroller);
        document.dispatchEvent(new Event("selectionchange"));
      },
    ],
    [
      "unfolding something",
      () => {
        scroller.innerHTML = "<button aria-expanded=false><svg></svg></button>";
        scroller.querySelector("svg")?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
      },
    ],
    ["scrolling away by other means", () => scrollTo(4000)],
  ])("%s", (_, act) => {
    act();
    expect(intents.onLeave).toHaveBeenCalled();
  });

  it.each<[string, () => void]>([
    [
      "turning the wheel down",
      () => scroller.dispatchEvent(new WheelEvent("wheel", { deltaY: 1 })),
    ],
    ["by other keys", () => scroller.dispatchEvent(new KeyboardEvent("keydown", { key: "c" }))],
    [
      "pushing up with a finger",
      () => {
        touch("touchstart", 100);
        touch("touchmove", 90);
      },
    ],
    ["pressing any button", () => scroller.click()],
    ["when text that grows is followed", () => scrollTo(4401)],
  ])("but not %s", (_, act) => {
    act();
    expect(intents.onLeave).not.toHaveBeenCalled();
  });

  it("but not once nobody listens", () => {
    stop();
    scroller.dispatchEvent(new WheelEvent("wheel", { deltaY: -1 }));
    expect(intents.onLeave).not.toHaveBeenCalled();
  });
});

describe("the reader comes to the end", () => {
  it("by scrolling down to it", () => {
    scrollTo(4000);
    scrollTo(4399);
    expect(intents.onReachEnd).toHaveBeenCalledOnce();
  });

  it("but not by the first pixels of leaving it", () => {
    scrollTo(4399);
    expect(intents.onReachEnd).not.toHaveBeenCalled();
  });
});

it("the end is near within 80 pixels", () => {
  scrollTo(4320);
  expect(intents.onNear).toHaveBeenLastCalledWith(true);
  scrollTo(4319);
  expect(intents.onNear).toHaveBeenLastCalledWith(false);
});

it("the beginning is near within five screens, on the way up", () => {
  scrollTo(3001);
  expect(intents.onApproachStart).not.toHaveBeenCalled();
  scrollTo(2999);
  expect(intents.onApproachStart).toHaveBeenCalledOnce();
  scrollTo(2999.5);
  expect(intents.onApproachStart).toHaveBeenCalledOnce();
});
