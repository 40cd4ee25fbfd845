/** What is done with a talk from anywhere on its page, by keys or as a command. */
import { useOffer, useDeed } from "@/components/offers";
import { notify } from "@/components/notices";
import { SHORTCUTS } from "@/components/shortcuts";
import { t } from "@/i18n";
import { isAtRest } from "@/turn";

import type { Branches } from "../use-branches";
import type * as CopyLast from "./copy-last";
import { FIRST } from "./sought";
import type { TranscriptData } from "./use-transcript-list";

/** With what copies; should it not come, that is said. */
const copying = (work: (it: typeof CopyLast) => void) =>
  void import("./copy-last").then(work, () => notify(t("part.missing")));

interface Doing {
  readonly rows: TranscriptData["rows"];
  readonly branches: Branches;
  readonly isBusy: boolean;
  readonly seek: (turnId: string) => void;
  readonly jump: () => void;
}

export function useTalkDeeds({ rows, branches, isBusy, seek, jump }: Doing): void {
  const last = rows.at(-1);
  const turn = last?.kind === "turn" && isAtRest(last.turn) && !isBusy ? last.turn : null;
  useDeed(SHORTCUTS.firstTurn, () => seek(FIRST));
  useDeed(SHORTCUTS.lastTurn, jump);
  useDeed(SHORTCUTS.copyAnswer, () => copying((it) => it.copyLastAnswer(rows)));
  useDeed(SHORTCUTS.copyCode, () => copying((it) => it.copyLastCode(rows)));
  useOffer("retry", () => turn && branches.retry(turn), turn !== null);
  useOffer("edit", () => turn && branches.edit(turn), turn !== null);
}
