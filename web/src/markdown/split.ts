/**
 * Markdown in blocks, while it is being written: what is finished is cut off once and for all, so
 * that a new word costs as much as the last block is long, not as the whole text.
 *
 * The rules it keeps:
 * - Nothing is lost: all blocks together are the text.
 * - A cut is final. The parser of the renderer itself says where a top-level block begins, and a
 *   block that has begun after a whole line, or with a letter that the one before it cannot go on
 *   with, ends that one, whatever comes later.
 * - The text only grows; one that does not begin like the last one is a new text.
 */
import type { Root, RootContent } from "mdast";

import { isOpenFence } from "./fence";
import { hasOpenMath, hideMath } from "./math-marks";
import { parse } from "./parse";

export interface Split {
  readonly text: string;
  /** Finished blocks. A block keeps its string, so that comparing two of them is free. */
  readonly blocks: readonly string[];
  /** What is being written: the last block, or a bit more. */
  readonly open: string;
  /** How much of `open` was looked at when it was last parsed. */
  readonly seen: number;
}

export const NOTHING: Split = { text: "", blocks: [], open: "", seen: 0 };

/** A long open block is parsed again only when it has grown by a tenth. */
const LONG = 4096;
const GROWTH = 1.1;

/** The split of a text that begins with the text of `before`. */
export function grow(before: Split, text: string): Split {
  if (text === before.text) return before;
  const base = text.startsWith(before.text) ? before : NOTHING;
  const open = base.open + text.slice(base.text.length);
  const next: Split = { ...base, text, open };
  return isWorthALook(next) ? cut(next) : next;
}

/** The text in its blocks, now that no more of it comes: all but the last are cut off. */
export function finish(split: Split): Split {
  return cut(split, true);
}

/** A block without the blank lines at its end, which part it from the next and mean nothing. */
export const wordsOf = (block: string): string => block.replace(/\n\s*$/, "\n");

/** A block can only have begun for good if a line has ended, or with the first letter after a gap (decision 0041). */
function isWorthALook({ open, seen }: Split): boolean {
  const lineStart = open.lastIndexOf("\n") + 1;
  if (lineStart <= seen) return lineStart === seen && beginsAfterGap(open, lineStart);
  if (isOpenFence(open)) return false;
  return open.length < LONG || open.length > seen * GROWTH || /\n\s*\n/.test(open.slice(seen));
}

/** What ends most blocks: a blank line, or a fence that may be a closing one. */
const GAP = /^(?: {0,3}(?:`{3,}|~{3,}))?[ \t]*$/;

/** Only the line before is looked at: this is asked for each word of a line that follows no gap. */
function beginsAfterGap(text: string, at: number): boolean {
  if (at === 0 || !/\S/.test(text.charAt(at))) return false;
  const before = text.slice(0, at - 1);
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const isFirst = line.length === before.length;
  return GAP.test(line) && !(isFirst && line.trim() === "") && !isOpenFence(text);
}

function cut(split: Split, isOver = false): Split {
  const { open } = split;
  const { text } = hideMath(open);
  const cuts = finalStarts(parse(text), text, isOver);
  const blocks = cuts.map((end, i) => open.slice(cuts[i - 1] ?? 0, end));
  const from = cuts.at(-1) ?? 0;
  return {
    ...split,
    blocks: blocks.length === 0 ? split.blocks : [...split.blocks, ...blocks],
    open: open.slice(from),
    seen: lookedAt(open) - from,
  };
}

/** Up to the line that is being written, and its first letter. */
function lookedAt(open: string): number {
  const lineStart = open.lastIndexOf("\n") + 1;
  return beginsAfterGap(open, lineStart) ? lineStart + 1 : lineStart;
}

/** Where blocks begin that no later text can make a part of the block before. */
function finalStarts({ children }: Root, text: string, isOver: boolean): readonly number[] {
  const starts = children.map((node) => text.lastIndexOf("\n", offsetOf(node) - 1) + 1);
  return starts.filter((start, i) => {
    const [before, node] = [children[i - 1], children[i]];
    if (before === undefined || node === undefined) return false;
    if (isIndentedCode(before, text) || isIndentedCode(node, text)) return false;
    const isApart = /\n[ \t]*\n$/.test(text.slice(0, start));
    if (!isApart && !standsAlone(before) && !standsAlone(node)) return false;
    if (!isApart && !isOver && hasOpenMath(lastLines(text.slice(0, start)))) return false;
    if (isOver || starts.length > i + 1 || text.includes("\n", start)) return true;
    return (isApart || standsAlone(before)) && isLeftBehind(before, text.charAt(start));
  });
}

/** Does no line that begins with this letter belong to the block, whatever comes after it? */
function isLeftBehind({ type }: RootContent, letter: string): boolean {
  if (type === "list" || type === "blockquote") return /[^\s\d*+>-]/.test(letter);
  return (type === "paragraph" || type === "table" || ALONE.includes(type)) && /\S/.test(letter);
}

/** The lines since the last blank one: a formula can go on over no other. */
const lastLines = (text: string) => text.split(/\n[ \t]*\n/).at(-1) ?? "";

/** Blocks that bear on nothing right above or below them; words, lists and quotes do. */
const ALONE: readonly RootContent["type"][] = ["heading", "thematicBreak", "code"];
const standsAlone = (node: RootContent) => ALONE.includes(node.type);

/** What the parser makes of lists after indented code depends on what is before it: it must see all. */
function isIndentedCode(node: RootContent, text: string): boolean {
  const at = offsetOf(node);
  return node.type === "code" && !/^(?:`{3}|~{3})/.test(text.slice(at, at + 3));
}

const offsetOf = (node: RootContent) => node.position?.start.offset ?? 0;
