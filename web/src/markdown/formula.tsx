/**
 * A formula as MathML, which browsers draw and screen readers read; see decision 0032.
 *
 * The rules it keeps: no string becomes markup, and no attribute a style (the page's policy forbids it): the tree that
 * the translator makes is drawn by React. What cannot be read is shown as it is written.
 */
import "temml/dist/Temml-Local.css";

import Box from "@mui/material/Box";
import { createElement, memo, type ReactNode } from "react";
import temml from "temml";

import { t } from "@/i18n/extras";

/** What the translator makes: an element, words, or a few of them together. */
interface MathNode {
  readonly type?: string;
  readonly text?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly children?: readonly MathNode[];
  readonly classes?: readonly string[];
  readonly style?: Readonly<Record<string, string>>;
}

interface Props {
  readonly tex: string;
  readonly source: string;
  readonly isDisplay: boolean;
}

/** More is no formula, and would hold up the page. */
const MOST_CHARS = 5000;

export default memo(function Formula({ tex, source, isDisplay }: Props) {
  const tree = treeOf(tex, isDisplay);
  if (tree === null)
    return (
      <code dir="ltr" title={t("math.unreadable")}>
        {source}
      </code>
    );
  if (!isDisplay) return <span>{drawn(tree, 0)}</span>;
  return (
    <Box component="span" role="group" aria-label={t("math.formula")} tabIndex={0} sx={WIDE}>
      {drawn(tree, 0)}
    </Box>
  );
});

function treeOf(tex: string, displayMode: boolean): MathNode | null {
  if (tex.length > MOST_CHARS) return null;
  try {
    const options = { displayMode, throwOnError: true, trust: false, maxExpand: 500 };
    return temml.__renderToMathMLTree(tex, options) as MathNode;
  } catch {
    return null; // it is no TeX, or some that is not known
  }
}

function drawn(node: MathNode, key: number): ReactNode {
  if (node.text !== undefined) return node.text;
  const children = node.children?.map(drawn);
  if (node.type === undefined) return children;
  if (!ELEMENT.test(node.type)) return null;
  const className = node.classes?.filter((name) => name !== "").join(" ");
  const props = { key, ...attributesOf(node), ...(className && { className }) };
  const style = styleOf(node);
  const styled = Object.keys(style).length > 0 && { style };
  return createElement(node.type, { ...props, ...styled }, ...(children ?? []));
}

const ELEMENT = /^(?:math|m[a-z]+|semantics|annotation)$/;
/** What leads somewhere, or does something. */
const ACTIVE = /^(?:href|src|style|class|id|on.*)$/i;

function attributesOf({ attributes = {} }: MathNode): Record<string, string> {
  const kept = Object.entries(attributes).filter(([name]) => !ACTIVE.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

/** Set one by one by React, which the page's policy allows; that `math` is a block its attribute says. */
function styleOf({ type, style = {} }: MathNode): Record<string, string> {
  const kept = Object.entries(style).filter(([name]) => type !== "math" || name !== "display");
  return Object.fromEntries(kept.map(([name, value]) => [camelCased(name), value]));
}

const camelCased = (name: string) =>
  name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

const WIDE = { display: "block", overflowX: "auto", overflowY: "hidden", py: 0.5 } as const;
