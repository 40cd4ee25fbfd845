/**
 * What may move the reader: opening a session (at its end, at the turn that was asked for, or where
 * the reader was, who comes back), sending (the message comes to stand near the top), and what others add while it is followed.
 */
import { useLayoutEffect, useRef } from "react";

import type { TranscriptRow } from "@/turn";

import { FIRST, type Sought } from "./sought";
import type { Following } from "./use-following";
import type { TurnList } from "./use-turn-list";

interface Options {
  readonly scroller: HTMLElement | null;
  readonly list: TurnList;
  readonly rows: readonly TranscriptRow[];
  readonly following: Following;
  readonly sought: Sought | undefined;
  readonly hasOlder: boolean;
  /** The list begins where the reader was. */
  readonly isReturn: boolean;
}

export function useScrollIntents(options: Options): void {
  const { scroller, list, rows, following, sought, hasOlder, isReturn } = options;
  const lastId = useRef<string | null>(null);
  const jumpedTo = useRef(isReturn ? sought : undefined);
  const soughtIndex =
    sought?.turnId === FIRST
      ? hasOlder
        ? -1
        : 0
      : rows.findIndex((row) => isTurn(row, sought?.turnId));
  const last = rows.at(-1);

  useLayoutEffect(() => {
    if (scroller === null || last === undefined || last.id === lastId.current) return;
    const isOpening = lastId.current === null;
    lastId.current = last.id;
    if (isOpening && isReturn) {
      following.leave();
    } else if (last.kind === "outgoing") {
      following.follow();
      list.scrollToIndex(rows.length - 1, {
        align: "start",
        behavior: isOpening ? "auto" : glide(),
      });
    } else if (isOpening || following.isFollowing) {
      list.scrollToEnd();
    }
  });

  useLayoutEffect(() => {
    if (scroller === null || soughtIndex === -1 || jumpedTo.current === sought) return;
    jumpedTo.current = sought;
    following.leave();
    list.scrollToIndex(soughtIndex, { align: "start" });
  });
}

function isTurn(row: TranscriptRow, turnId: string | undefined): boolean {
  return row.kind === "turn" && row.turn.turn_id === turnId;
}

function glide(): ScrollBehavior {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
}
