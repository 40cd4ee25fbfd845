/**
 * Reads the page's own source for what `t` cannot reach: words that stand in JSX as they are, and
 * words that are asked for while a module loads, before the language is known.
 */
import ts from "typescript";
import { describe, expect, it } from "vitest";

const sources = import.meta.glob<string>(
  ["../**/*.{ts,tsx}", "!../**/*.test.{ts,tsx}", "!../testing/**", "!./en/**", "!./es/**"],
  { eager: true, query: "?raw", import: "default" },
);

/** What people see or hear of an element. */
const SPOKEN =
  /^(aria-(label|description|roledescription|valuetext)|label|title|alt|placeholder|hint|helperText|summary|data-tip)$/;

/** A name, or what is the same in every language. */
const NAMES = new Set(["Tertulia", "API", "JSON", "PDF", "https://", '{"units": "metric"}']);

/** What is on their right may be shown. */
const JOINING = new Set(["&&", "||", "??", "+"]);

const isWords = (text: string) => /\p{L}{2}/u.test(text) && !NAMES.has(text.trim());

/** Asked for where no call is awaited: what comes of it was said in the language of that moment. */
const SAYS = new Set([
  "t",
  "spokenKeys",
  "keysOf",
  "formatNumber",
  "formatDateTime",
  "formatBytes",
]);

function* below(node: ts.Node): Generator<ts.Node> {
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) {
    yield child;
    yield* below(child);
  }
}

/** The literals that an expression may come to, as `busy ? "Working" : t("done")` to "Working". */
function literalsOf(node: ts.Node | undefined): string[] {
  if (node === undefined) return [];
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node))
    return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
  if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse].flatMap(literalsOf);
  if (ts.isBinaryExpression(node))
    return JOINING.has(node.operatorToken.getText()) ? literalsOf(node.right) : [];
  if (ts.isJsxExpression(node) || ts.isParenthesizedExpression(node))
    return literalsOf(node.expression);
  return [];
}

function shownBy(node: ts.Node): string[] {
  if (ts.isJsxText(node)) return [node.text];
  if (ts.isJsxAttribute(node))
    return SPOKEN.test(node.name.getText()) ? literalsOf(node.initializer) : [];
  return ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent) ? literalsOf(node) : [];
}

/** Within these a call waits until somebody calls them. */
function isLater(node: ts.Node): boolean {
  for (let at = node.parent; !ts.isSourceFile(at); at = at.parent)
    if (ts.isFunctionLike(at)) return true;
  return false;
}

const isEarly = (node: ts.Node) =>
  ts.isCallExpression(node) && SAYS.has(node.expression.getText()) && !isLater(node);

function findings(file: string, source: string): string[] {
  const kind = file.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const root = ts.createSourceFile(file, source, ts.ScriptTarget.ESNext, true, kind);
  return [...below(root)]
    .flatMap((node) => (isEarly(node) ? [node.getText()] : shownBy(node)))
    .filter(isWords)
    .map((text) => `${file}: ${text.trim()}`);
}

describe("the source", () => {
  it("has no words in JSX, and asks for none while a module loads", () => {
    const found = Object.entries(sources).flatMap(([file, source]) => findings(file, source));
    expect(found).toEqual([]);
  });

  it.each([
    ["<p>Hello there</p>"],
    ['<p>{"Hello there"}</p>'],
    ['<input placeholder="Your name" />'],
    ['const draw = () => <p aria-label={busy ? "Working" : t("done")} />'],
    ['const words = t("action.undo");'],
  ])("would be found with %s in it", (source) => {
    expect(findings("some.tsx", source)).toHaveLength(1);
  });

  it.each([
    ['const draw = () => <p sx={{ color: "text.primary" }}>{t("action.undo")} · {n}</p>'],
    ['const words = () => t("action.undo");'],
    ['<p role="status" className="quiet" />'],
  ])("may have %s in it", (source) => {
    expect(findings("some.tsx", source)).toEqual([]);
  });
});
