import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { useAfterPatience } from "./use-after-patience";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));

function watched() {
  return renderHook(({ isSo, ms }) => useAfterPatience(isSo, ms), {
    initialProps: { isSo: true, ms: 1000 },
  });
}

it("says what is so once it has been for long", async () => {
  const { result, rerender } = watched();
  await pass(999);
  expect(result.current).toBe(false);
  await pass(1);
  expect(result.current).toBe(true);
  rerender({ isSo: false, ms: 1000 });
  expect(result.current).toBe(false);
});

it("says nothing of what passes before, and is patient again the next time", async () => {
  const { result, rerender } = watched();
  await pass(900);
  rerender({ isSo: false, ms: 1000 });
  await pass(900);
  rerender({ isSo: true, ms: 1000 });
  await pass(900);
  expect(result.current).toBe(false);
});

it("says it at once where there is nothing to be waited for any more", async () => {
  const { result, rerender } = watched();
  await pass(500);
  rerender({ isSo: true, ms: 0 });
  await pass(0);
  expect(result.current).toBe(true);
});
