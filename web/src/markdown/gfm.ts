/**
 * Tables, task lists, strikethrough, footnotes and bare links, for a parser of markdown. As
 * `remark-gfm`, without the half that writes markdown, which the page would only carry about.
 */
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import type { Processor } from "unified";

export function readGfm(this: Processor): void {
  const data = this.data();
  (data.micromarkExtensions ??= []).push(gfm());
  (data.fromMarkdownExtensions ??= []).push(gfmFromMarkdown());
}
