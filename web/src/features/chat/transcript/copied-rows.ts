/** Makes markdown of the turns that a selection goes over. */
import { announce } from "@/components/announcer";
import { isTyping } from "@/components/shortcuts";
import { t } from "@/i18n/branches";
import { turnAsMarkdown } from "@/renderers/turn-markdown";
import type { TranscriptRow } from "@/turn";

import { turnOf } from "./row";

/** Within one turn the browser's own way is best; so it is where somebody writes. */
export function copyRows(
  copy: ClipboardEvent,
  scroller: HTMLElement,
  rows: readonly TranscriptRow[],
): void {
  const selection = getSelection();
  if (copy.defaultPrevented || isTyping(copy.target) || !selection?.rangeCount) return;
  const range = selection.getRangeAt(0);
  const turns = [...scroller.querySelectorAll<HTMLElement>("article[data-index]")]
    .filter((article) => isIn(range, article))
    .map((article) => Number(article.dataset.index))
    .sort((one, other) => one - other)
    .flatMap((index) => rows[index] ?? [])
    .map(turnOf);
  if (turns.length < 2) return;
  copy.clipboardData?.setData("text/plain", turns.flatMap(turnAsMarkdown).join("\n\n") + "\n");
  copy.preventDefault();
  announce(t("branch.turnsCopied", { count: turns.length }));
}

/** Does a selection have words of a turn? To touch its edge is not enough. */
function isIn(range: Range, article: HTMLElement): boolean {
  if (!range.intersectsNode(article)) return false;
  const part = document.createRange();
  part.selectNodeContents(article);
  if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0)
    part.setStart(range.startContainer, range.startOffset);
  if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0)
    part.setEnd(range.endContainer, range.endOffset);
  return part.toString().trim() !== "";
}
