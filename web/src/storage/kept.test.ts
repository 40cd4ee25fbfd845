import { expect, it, vi } from "vitest";

import { kept } from "./kept";

const KEY = "kept-by-a-test";
const numbers = () =>
  kept<readonly number[]>(KEY, {
    read: (text) => (text === null ? [] : text.split(",").map(Number)),
    write: (all) => (all.length === 0 ? null : all.join()),
  });

it("changes what another tab has written while nobody listened", () => {
  localStorage.clear();
  const mine = numbers();
  mine.change(() => [1]);
  localStorage.setItem(KEY, "1,2");
  mine.change((all) => [...all, 3]);
  expect(localStorage.getItem(KEY)).toBe("1,2,3");
  localStorage.setItem(KEY, "4");
  const stop = mine.subscribe(() => undefined);
  expect(mine.get()).toEqual([4]);
  stop();
});

it("is the same object as long as it says the same", () => {
  localStorage.setItem(KEY, "1,2");
  const mine = numbers();
  const before = mine.get();
  const listener = vi.fn();
  const stop = mine.subscribe(listener);
  expect(mine.get()).toBe(before);
  mine.change((all) => all);
  expect(listener).not.toHaveBeenCalled();
  stop();
});

it("leaves nothing behind of nothing", () => {
  const mine = numbers();
  mine.change(() => [1]);
  mine.change(() => []);
  expect(localStorage.getItem(KEY)).toBeNull();
});

it("holds what cannot be written, also for who listens later", () => {
  const mine = numbers();
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  mine.change(() => [5]);
  const stop = mine.subscribe(() => undefined);
  expect(mine.get()).toEqual([5]);
  stop();
});
