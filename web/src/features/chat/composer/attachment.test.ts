import { describe, expect, it } from "vitest";

import { aServerConfig } from "@/testing/values";

import { attachmentOf, mediaTypeOf, refusalOf } from "./attachment";

const { limits } = aServerConfig;
const file = (name: string, type: string, size = 10) =>
  new File([new Uint8Array(size)], name, { type });

describe("the type of a file", () => {
  it.each([
    ["notes.md", "", "text/plain"],
    ["app.ts", "video/mp2t", "text/plain"],
    ["data.json", "application/json", "application/json"],
    ["page.html", "text/html;charset=utf-8", "text/html"],
    ["photo.png", "image/png", "image/png"],
    ["archive.zip", "application/zip", "application/zip"],
    ["unknown", "", "application/octet-stream"],
  ])("%s, which the system calls %j, is %s", (name, type, known) => {
    expect(mediaTypeOf(file(name, type))).toBe(known);
  });
});

describe("a file is refused", () => {
  it("when its type is not accepted", () => {
    expect(refusalOf(file("a.mov", "video/quicktime"), limits)).toBe(
      "a.mov: video/quicktime is not accepted.",
    );
  });

  it("when it is larger than a file may be", () => {
    const small = { ...limits, max_file_bytes: 1000 };
    expect(refusalOf(file("a.txt", "text/plain", 2000), small)).toBe(
      "a.txt: 2 kB, the limit is 1 kB.",
    );
  });

  it("when as base64 it would not fit into a request", () => {
    const small = { ...limits, max_body_bytes: 164_000 };
    expect(refusalOf(file("a.txt", "text/plain", 74_000), small)).toBeNull();
    expect(refusalOf(file("a.txt", "text/plain", 76_000), small)).toMatch(/the limit is 75 kB/);
  });

  it("when there is nothing in it", () => {
    expect(refusalOf(file("a.txt", "text/plain", 0), limits)).toBe("a.txt is empty.");
  });
});

it("a file travels as base64, with its name, type and size", async () => {
  const words = new File(["Olá"], "olá.txt", { type: "text/plain" });
  expect(await attachmentOf(words)).toEqual({
    name: "olá.txt",
    type: "text/plain",
    size: 4,
    content: "T2zDoQ==",
  });
});
