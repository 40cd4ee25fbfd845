import { describe, expect, it } from "vitest";

import { lastCodeIn } from "./code-in";

describe("the last code in an answer", () => {
  it.each([
    ["is none where there is none", "Just `a` word.", null],
    ["is the last of several", "```js\none\n```\ntext\n~~~\ntwo\n~~~\nend", "two"],
    ["may have fences of fewer marks in it", "````md\n```\nx\n```\n````", "```\nx\n```"],
    ["keeps its own indentation", "- do this:\n  ```py\n  if a:\n      b\n  ```", "if a:\n    b"],
    ["may begin with the item that it is of", "1. ```sh\n   ls\n   ```", "ls"],
    ["may stand in a quotation", "> ```\n> a\n>  b\n> ```", "a\n b"],
    ["may not have come to its end", "so:\n```ts\nconst a = 1;\n", "const a = 1;\n"],
    ["is what is between the fences, blank lines too", "```\na\n\nb\n```", "a\n\nb"],
    ["is not begun by marks within a line", "``` a ``` b\n```\nc\n```", "c"],
  ])("%s", (_, markdown, code) => {
    expect(lastCodeIn(markdown)).toBe(code);
  });
});
