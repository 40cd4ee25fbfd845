import { describe, expect, it } from "vitest";

import { aServerConfig } from "@/testing/values";

import { fileOfText, mediaTypeOf, refusalOf, sorted } from "./attachment";

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
    ["paper.PDF", "", "application/pdf"],
    ["plan.docx", "", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
    ["IMG_0001.HEIC", "", "image/heic"],
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

  it("when there is nothing in it", () => {
    expect(refusalOf(file("a.txt", "text/plain", 0), limits)).toBe("a.txt is empty.");
  });
});

describe("of several files", () => {
  const three = ["a.txt", "b.txt", "c.txt"].map((name) => file(name, "text/plain"));

  it("those that are too many are left, by name", () => {
    const { taken, refusals } = sorted(three, { ...limits, max_files: 3 }, 1);
    expect(taken.map(({ name }) => name)).toEqual(["a.txt", "b.txt"]);
    expect(refusals).toEqual(["At most 3 files go with a message. Not attached: c.txt."]);
  });

  it("one that is refused takes no other's place", () => {
    const files = [file("a.mov", "video/quicktime"), ...three];
    const { taken, refusals } = sorted(files, { ...limits, max_files: 3 }, 0);
    expect(taken).toEqual(three);
    expect(refusals).toEqual(["a.mov: video/quicktime is not accepted."]);
  });

  it("all are taken before the limits are known: the server knows them", () => {
    expect(sorted(three, undefined, 99).taken).toEqual(three);
  });
});

it("a name that turns writing round is told as what it is", () => {
  expect(refusalOf(file("a\u202Egnp.exe", "text/plain", 0), limits)).toBe(
    "a\\u202Egnp.exe is empty.",
  );
});

it("pasted text is a file with a name of its own", () => {
  const first = fileOfText("words", []);
  expect([first.name, first.type]).toEqual(["Pasted text.txt", "text/plain"]);
  expect(fileOfText("more", [first.name]).name).toBe("Pasted text 2.txt");
});
