/** All that makes the list of turns a place to read: paging, following, scrolling, the keyboard. */
import { useState } from "react";

import { copyText } from "@/components/clipboard";
import { t } from "@/i18n";
import type { Transcript, TranscriptRow } from "@/turn";

import { guessedHeight } from "./row-size";
import { turnOf } from "./row";
import { useFollowing } from "./use-following";
import { useKeepPlace, useReturn } from "./use-kept-place";
import { useOlderTurns } from "./use-older-turns";
import { usePinnedEnd } from "./use-pinned-end";
import { useRovingFocus } from "./use-roving-focus";
import { useScrollIntents } from "./use-scroll-intents";
import { useSoughtTurn } from "./use-sought-turn";
import { useTurnList } from "./use-turn-list";

export type TranscriptData = Pick<
  Transcript,
  "rows" | "hasOlder" | "isLoadingOlder" | "loadOlder" | "liveTurnId"
>;

export function useTranscriptList(data: TranscriptData, focusTurnId: string | undefined) {
  const { rows } = data;
  const last = rows.length - 1;
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const loadOlder = useOlderTurns(scroller, data);
  const following = useFollowing(scroller, rows, loadOlder);
  const focus = useRovingFocus({
    count: rows.length,
    onCopy: (index) => void copyAnswer(rows[index]),
    onFocus: (index) => {
      if (index < last) following.leave();
    },
  });
  const place = useReturn(rows);
  const list = useTurnList({
    scroller,
    count: rows.length,
    keyOf: (index) => rows[index]?.key ?? String(index),
    heightOf: (index) => guessedHeightOf(rows[index]),
    focused: focus.focused,
    isFollowing: following.isFollowing,
    place,
  });
  useKeepPlace(rows, list, following);
  useSoughtTurn(data, focusTurnId);
  useScrollIntents({ scroller, list, rows, following, focusTurnId, isReturn: place !== null });
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
    focus,
    following,
    jump,
    sentKey: useSentKey(rows.at(-1)),
  };
}

/** The message that was sent last from this page: it gets room for its answer. */
function useSentKey(last: TranscriptRow | undefined): string | null {
  const [sentKey, setSentKey] = useState<string | null>(null);
  if (last?.kind === "outgoing" && last.key !== sentKey) setSentKey(last.key);
  return sentKey;
}

const guessedHeightOf = (row: TranscriptRow | undefined) => (row ? guessedHeight(turnOf(row)) : 0);

async function copyAnswer(row: TranscriptRow | undefined): Promise<void> {
  if (row?.kind === "turn") await copyText(row.turn.output_message.content, t("turn.copied"));
}
