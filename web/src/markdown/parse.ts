/**
 * Markdown as a tree, with tables, task lists, strikethrough, footnotes and bare links: the one
 * parser, of what is drawn and of where it may be cut.
 */
import type { Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";

const EXTENSIONS = { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] };

export const parse = (text: string): Root => fromMarkdown(text, EXTENSIONS);
