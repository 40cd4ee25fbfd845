import { describe, expect, it } from "vitest";

import type { ImageItem } from "@/api/types";

import { kindOf, sourceOf } from "./file-content";
import { filesOf, imagesIn, textOf, wordCount } from "./message-text";
import { plainText } from "./plain-text";

const image = (values: Partial<ImageItem["image"]>): ImageItem => ({
  type: "image",
  image: { url: null, data: null, media_type: "image/png", ...values },
});

describe("the text of a message", () => {
  it("is its words, in whichever shape they come", () => {
    expect(textOf("Hello")).toBe("Hello");
    expect(textOf([{ type: "text", text: "one" }, image({}), { type: "text", text: "two" }])).toBe(
      "one\ntwo",
    );
  });

  it("is counted in words", () => {
    expect(wordCount("")).toBe(0);
    expect(wordCount("  two\n words ")).toBe(2);
  });
});

describe("an image among the words", () => {
  const sourceIn = (values: Partial<ImageItem["image"]>) =>
    imagesIn([image(values)]).map((file) => [file.name, kindOf(file), sourceOf(file)]);

  it.each([
    [{ file_id: "f1" }, "/v1/files/f1/content"],
    [{ data: "AAAA" }, "data:image/png;base64,AAAA"],
    [{ url: { uri: "data:image/jpeg;base64,BBBB" } }, "data:image/jpeg;base64,BBBB"],
  ])("is a file, shown from what the message brings: %j", (values, source) => {
    expect(sourceIn(values)).toEqual([["Image", "image", source]]);
  });

  it.each(["https://example.com/a.png", "//example.com/a.png", "javascript:alert(1)"])(
    "is not fetched from elsewhere: %s",
    (uri) => {
      expect(sourceIn({ url: { uri } })).toEqual([["Image", "image", null]]);
    },
  );

  it("stands behind the files of its message", () => {
    const file = { name: "a.txt", type: "text/plain" };
    const content = [image({ file_id: "f1" })];
    expect(filesOf({ role: "user", content, file }).map(({ name }) => name)).toEqual([
      "a.txt",
      "Image",
    ]);
  });
});

describe("markdown as plain text", () => {
  it.each([
    ["# Title\n\nText", "Title\n\nText"],
    ["**bold** and *thin* and _thin_ and `code`", "bold and thin and thin and code"],
    ["[a link](https://example.com) ![alt](x.png)", "a link alt"],
    ["> quoted\n> twice", "quoted\ntwice"],
    ["```py\nx = a * b * c\n```\n\nDone", "x = a * b * c\n\nDone"],
    ["snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"],
    ["- one\n- two", "- one\n- two"],
  ])("%j reads %j", (markdown, text) => {
    expect(plainText(markdown)).toBe(text);
  });
});
