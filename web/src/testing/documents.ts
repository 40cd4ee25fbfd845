/** Markdown to try things on: written by hand where it is known to be hard, and by chance. */
import { type Chance, chance } from "./random";

/** One of each, and the pairs of blocks that look like one another while they are being written. */
export const HARD_DOCUMENTS: readonly string[] = [
  "",
  "\n\n\n",
  "One line.",
  "One paragraph.\n\nAnother one.\n\nA third.\n",
  "Soft\nbreaks  \nand hard ones.\n\nEnd.",
  "# Title\nText right below.\n## Sub\n\nMore.\n",
  "Setext\n===\n\nOther\n---\n\nText\n-\n\nText\n",
  "Text\n---\nafter\n\n***\n\n* * *\n\n- - -\n",
  "- a\n- b\n- c\n\nafter\n",
  "- a\n\n- b\n\n- c\n\nafter\n\nend\n",
  "1. a\n\n2\n\n3. c\n\nafter",
  "1. a\n\n2. b\n\n   more of b\n\n10. c\n\nafter\n\nend",
  "1. a\n\n1) b\n\n- c\n\n+ d\n\n* e\n\nend\n",
  "- a\n\n  inside\n\n      code inside\n\n outside?\n\nend\n",
  "- a\n  - b\n    - c\n\n      deep\n\nend\n\nend",
  "-\n\n  not inside\n\nend\n\nend\n",
  "- a\nlazy\n\n- b\n\nend\n\nend\n",
  "Text\n- list right below\n- b\n\nText\n2. not a list\n1. a list\n\nend\n",
  "- [ ] open\n- [x] done\n\nText\n",
  "```js\nconst a = 1;\n\nconst b = 2;\n```\n\nafter\n",
  "````md\n```js\n\ncode\n```\n\n````\n\nafter\n\nend\n",
  "~~~\n```\n\n~~~\n\nafter\n",
  "Text:\n```py\n\nprint()\n```\nright below\n\nend\n",
  "   ```\n   indented\n\n   fence\n   ```\n\nend\n",
  "- item\n  ```py\n  code\n\n  code\n  ```\n- next\n\nend\n",
  "1. item\n\n   ```py\ncode at the margin\n\n   ```\n\nend\n\nend\n",
  "```js\nnever\n\nclosed",
  "```inline``` is not a fence\n\nText\n",
  "    code\n\n    more code\n\n  text\n\nend\n",
  "\tcode by tab\n\n\tmore\n\nend\n",
  "> quote\n> more\n\n> another\n\nend\n",
  "> quote\nlazy\n\n> - list\n>\n>   in it\n\nend\n\nend\n",
  "> ```\n> code\n\nnot code\n\nend\n",
  "| a | b |\n|---|---|\n| 1 | 2 |\n\nafter\n\nend\n",
  "Text\n| a | b |\n|---|---|\n| 1 | 2 |\nstill the table\n\nend\n",
  "| a |\n|-x\n\nText\n| b |\n|-y\n\nend\n",
  "<div>\n\ntext\n\n</div>\n\nend\n",
  "<!-- a\n\ncomment -->\n\nText\n\n<pre>\n\nraw\n\n</pre>\n\nend\n",
  "<script>\n\nalert(1)\n\n</script>\nText\n\nend\n",
  "A [link][x] and another [x].\n\nText.\n\n[x]: https://example.com\n\nend\n",
  "[x]: /url\n'a title\nof two lines'\n\nText [x]\n",
  "A note[^1].\n\nText.\n\n[^1]: The note.\n\n    More of it.\n\nend\n",
  "**bold *both* bold** and `code` and ~~gone~~ and https://example.com\n\nend\n",
  "Windows\r\n\r\nends\r\n\r\n- a\r\n- b\r\n\r\nend\r\n",
  "Grüße 🎉\n\n日本語のテキスト\n\nعربي\n\nend\n",
];

/** Formulas, and what looks like one, where a parser of markdown would make something else of their lines. */
export const MATHS: readonly string[] = [
  "$$\na\n+ b\n- c\n$$\n\nafter\n\nend\n",
  "Text:\n$$\na_1 * b_2\n# c\n$$\nmore\n\nend\n",
  "\\[\na\n---\nb\n\\]\n# Title\n\nend\n",
  "- item\n  $$\n  x\n  $$\n- next $x_1$ and \\(y_2\\)\n\nend\n",
  "> $$\n> x\n> + y\n> $$\n\nend\n",
  "$$\nnever\n# closed\n\ntext\n\nend\n",
  "$$\nblank\n\n# within\n$$\n\nend\n",
  "It costs $5 and $10, or $$ for short.\n\n$$x$$\n\nend\n",
  "`$a$` and ``$$`` and $b$\n\n```sh\necho $a $b$\n\n$$\n```\n\n$$x$$ end\n",
  "| $a$ | b |\n|---|---|\n| $c|d$ | 2 |\n\nend\n",
  "[$x$](https://example.com/$x$) and https://example.com/?a=$b$\n\nend\n",
];

/** Documents of lines of formulas and of what begins other blocks. */
export function randomMaths(count: number): readonly string[] {
  const luck = chance(2);
  return Array.from({ length: count }, () => randomDocument(luck, [...MATH_LINES, ...AMONG]));
}

const MATH_LINES = ["$$", "$$", "\\[", "\\]", "$$x$$", "a = b", "= c", "so $x_1$ is $5", "\\(y\\)"];

const AMONG = ["", "", "", "text", "# head", "---", "- item", "+ b", "> quote"];

const LINES: readonly string[] = [
  "",
  "",
  "",
  "text",
  "text with **bold**, `code` and [a link](https://example.com)",
  "  indented text",
  "    code",
  "\ttab",
  "# head",
  "---",
  "===",
  "***",
  "- item",
  "- ",
  "* item",
  "+ item",
  "1. one",
  "2. two",
  "2.",
  "3) three",
  "  - nested",
  "   in an item",
  "> quote",
  "> - quoted item",
  "```",
  "```py",
  "~~~~",
  "  ```",
  "   ~~~",
  "| a | b |",
  "|---|---|",
  "| 1 | 2 |",
  "<div>",
  "<!-- comment",
  "-->",
  "<pre>",
  "</pre>",
  "[x]: https://example.com",
  '"a title"',
  "[^1]: note",
  "see [x] and [^1]",
  "*open",
  "\\- no item",
  "&amp; 1 < 2",
];

function randomDocument({ below, pick, next }: Chance, of = LINES): string {
  const lines = Array.from({ length: 3 + below(22) }, () => pick(of));
  return lines.join("\n") + (next() < 0.5 ? "\n" : "");
}

export function randomDocuments(count: number, seed = 1): readonly string[] {
  const luck = chance(seed);
  return Array.from({ length: count }, () => randomDocument(luck));
}
