/** Copies what was said last: the answer, or the code in it. */
import type { Turn } from "@/api/types";
import { copyText } from "@/components/clipboard";
import { notify } from "@/components/notices";
import { t } from "@/i18n/branches";
import { lastCodeIn } from "@/renderers/code-in";
import type { TranscriptRow } from "@/turn";
import { turnAsShown } from "@/turn/use-turn";

type Rows = readonly TranscriptRow[];

export function copyLastAnswer(rows: Rows): void {
  const answer = answersOf(rows).find((text) => text !== "");
  if (answer === undefined) notify(t("branch.noAnswer"));
  else void copyText(answer, t("turn.copied"));
}

export function copyLastCode(rows: Rows): void {
  const code = answersOf(rows)
    .map(lastCodeIn)
    .find((found) => found !== null);
  if (code === undefined) notify(t("branch.noCode"));
  else void copyText(code, t("branch.codeCopied"));
}

/** The newest first, also what there is of one that is still being written. */
const answersOf = (rows: Rows): readonly string[] =>
  rows.flatMap((row) => (row.kind === "turn" ? [answerOf(row.turn)] : [])).reverse();

const answerOf = (turn: Turn) => turnAsShown(turn).output_message.content;
