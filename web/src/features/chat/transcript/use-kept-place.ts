/** Where this visit to the session begins, and where it is left: see `kept-places.ts`. */
import { useEffectEvent, useLayoutEffect, useState } from "react";

import type { TranscriptRow } from "@/turn";

import { keepPlace, type Place, placeToReturnTo } from "./kept-places";
import type { Following } from "./use-following";
import type { TurnList } from "./use-turn-list";

export function useReturn(rows: readonly TranscriptRow[]): Place | null {
  const [place] = useState(() => placeToReturnTo(sessionOf(rows)));
  return place;
}

export function useKeepPlace(
  rows: readonly TranscriptRow[],
  list: TurnList,
  { isFollowing }: Following,
): void {
  const keep = useEffectEvent(() => {
    const sessionId = sessionOf(rows);
    const { scrollOffset: offset } = list;
    if (sessionId === undefined || offset === null) return;
    keepPlace(sessionId, isFollowing ? null : { offset, heights: list.takeSnapshot() });
  });
  useLayoutEffect(() => () => keep(), []);
}

function sessionOf(rows: readonly TranscriptRow[]): string | undefined {
  const turn = rows.find((row) => row.kind === "turn");
  return turn?.turn.session_id;
}
