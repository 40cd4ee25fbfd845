import { expect, it } from "vitest";

import { newKey } from "./new-key";

it("keys are never the same, also where the page is not served securely", () => {
  const insecure = { getRandomValues: crypto.getRandomValues.bind(crypto) };
  const keys = Array.from({ length: 1000 }, () => newKey(insecure));
  expect(new Set(keys).size).toBe(1000);
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(newKey()).not.toBe(newKey());
});
