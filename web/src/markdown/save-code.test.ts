import { afterEach, expect, it, vi } from "vitest";

import { fileNameOf, saveCode } from "./save-code";

afterEach(() => vi.restoreAllMocks());

it.each([
  ["python", "code.py"],
  ["TypeScript", "code.ts"],
  ["sql", "code.sql"],
  ["c++", "code.cpp"],
  ["dockerfile", "Dockerfile"],
  ["", "code.txt"],
  ["../../etc", "code.txt"],
  ["constructor", "code.constructor"],
])("code in %s is saved as %s", (language, name) => {
  expect(fileNameOf(language)).toBe(name);
});

it("what is saved is the code itself", async () => {
  const blobs: Blob[] = [];
  URL.createObjectURL = (blob) => {
    blobs.push(blob as Blob);
    return "blob:code";
  };
  URL.revokeObjectURL = () => undefined;
  const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockReturnValue();
  saveCode("print(1)\n", "python");
  expect(await blobs[0]?.text()).toBe("print(1)\n");
  expect(click).toHaveBeenCalledOnce();
});
