/** All that makes the list of turns a place to read: paging, following, scrolling, the keyboard. */
import { type KeyboardEvent, useCallback, useState } from "react";

import { copyText } from "@/components/clipboard";
import { SHORTCUTS } from "@/components/shortcuts";
import { isMeant } from "@/components/use-shortcut";
import { t } from "@/i18n";
import type { Transcript, TranscriptRow } from "@/turn";
import { turnAsShown } from "@/turn/use-turn";

import type { Branches } from "../use-branches";
import { guessedHeight } from "./row-size";
import { turnOf } from "./row";
import { besides } from "./turn-tools";
import { useSought } from "./sought";
import { useCopiedRows } from "./use-copied-rows";
import { useFollowing } from "./use-following";
import { useKeepPlace, useReturn } from "./use-kept-place";
import { useOlderTurns } from "./use-older-turns";
import { usePinnedEnd } from "./use-pinned-end";
import { useRovingFocus } from "./use-roving-focus";
import { useScrollIntents } from "./use-scroll-intents";
import { useSoughtTurn } from "./use-sought-turn";
import { type TurnList, useTurnList, WHOLE_UP_TO } from "./use-turn-list";

export type TranscriptData = Pick<
  Transcript,
  "rows" | "hasOlder" | "isLoadingOlder" | "loadOlder" | "liveTurnId"
>;

interface Acting {
  readonly branches: Branches;
  readonly isBusy: boolean;
  /** All turns that there are, also those that are not loaded. */
  readonly size: number;
}

export function useTranscriptList(
  data: TranscriptData,
  focusTurnId: string | undefined,
  acting: Acting,
) {
  const { rows } = data;
  const last = rows.length - 1;
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const loadOlder = useOlderTurns(scroller, data);
  const following = useFollowing(scroller, rows, loadOlder);
  const focus = useRovingFocus({
    count: rows.length,
    onKey: (press, index) => act(press, rows[index], acting),
    onFocus: (index) => {
      if (index < last) following.leave();
    },
  });
  useCopiedRows(scroller, rows);
  const place = useReturn(rows);
  const list = useTurnList({
    scroller,
    count: rows.length,
    isWhole: acting.size <= WHOLE_UP_TO,
    keyOf: useKeyOf(rows),
    heightOf: (index) => guessedHeightOf(rows[index]),
    focused: focus.focused,
    isFollowing: following.isFollowing,
    place,
  });
  useKeepPlace(rows, list, following);
  const [sought, seek] = useSought(focusTurnId);
  useSoughtTurn(data, sought?.turnId);
  useScrollIntents({
    scroller,
    list,
    rows,
    following,
    sought,
    hasOlder: data.hasOlder,
    isReturn: place !== null,
  });
  usePinnedEnd(scroller, () => {
    if (following.isFollowing) list.scrollToEnd();
  });
  const jump = () => {
    following.follow();
    list.scrollToEnd();
  };
  return {
    setScroller,
    setFeed: list.containerRef,
    measure: list.measureElement,
    items: list.getVirtualItems(),
    /** Is a row to be there only in a while: beyond what is in view, and not where the focus can go? */
    isAhead: (index: number) =>
      list.isScrolling && !isWithin(list.range, index) && Math.abs(index - focus.focused) > 1,
    focus,
    following,
    jump,
    seek,
    sentId: useSentId(rows.at(-1)),
  };
}

/** The same function for the same rows: the list takes another one for other rows, and measures them all anew. */
const useKeyOf = (rows: readonly TranscriptRow[]) =>
  useCallback((index: number) => rows[index]?.key ?? String(index), [rows]);

/** The message that was sent last from this page: it gets room for its answer. */
function useSentId(last: TranscriptRow | undefined): string | null {
  const [sentId, setSentId] = useState<string | null>(null);
  if (last?.kind === "outgoing" && last.id !== sentId) setSentId(last.id);
  return sentId;
}

const isWithin = (range: TurnList["range"], index: number) =>
  range === null || (index >= range.startIndex && index <= range.endIndex);

const guessedHeightOf = (row: TranscriptRow | undefined) => (row ? guessedHeight(turnOf(row)) : 0);

/** What a key does with the turn that has the focus; false when that is nothing. */
function act(
  press: KeyboardEvent,
  row: TranscriptRow | undefined,
  { branches, isBusy }: Omit<Acting, "size">,
): boolean {
  if (row?.kind !== "turn") return false;
  const { turn, siblings } = row;
  const isNext = isMeant(press, SHORTCUTS.nextBranch);
  if (isMeant(press, SHORTCUTS.copyTurn))
    void copyText(turnAsShown(turn).output_message.content, t("turn.copied"));
  else if (isBusy) return false;
  else if (isMeant(press, SHORTCUTS.retryTurn)) branches.retry(turn);
  else if (isMeant(press, SHORTCUTS.editTurn)) branches.edit(turn);
  else if (siblings.length > 1 && (isNext || isMeant(press, SHORTCUTS.previousBranch)))
    branches.switchTo(besides(turn, siblings, isNext ? 1 : -1));
  else return false;
  return true;
}
