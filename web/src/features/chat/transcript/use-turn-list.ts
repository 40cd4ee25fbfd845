/**
 * The rows that are in the page, of all the rows there are.
 *
 * The rules it keeps: the list is anchored at its end, so that older turns put before it move
 * nothing; of a talk of up to 60 turns all are in the page, so that the browser's own search and
 * selection find them; of a longer one, those in view, the focused one and its neighbours. What is in view comes
 * first, the others when there is time.
 */
import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useState } from "react";

import type { Place } from "./kept-places";
import { FOLLOW_PX } from "./reader-intents";

export const WHOLE_UP_TO = 60;
/** Where a message that was just sent comes to stand, from the top. */
export const SENT_FROM_TOP_PX = 48;
export const EDGE_PX = 24;
const GAP_PX = 32;
const OVERSCAN = 4;
/** For the next row, on a page that is never idle. */
const LONGEST_WAIT_MS = 200;
/** Further down than any list: the list begins at its end. */
const THE_END = 1e9;

interface Options {
  readonly scroller: HTMLDivElement | null;
  readonly count: number;
  /** All of the talk is in the page, not only what is in view. */
  readonly isWhole: boolean;
  readonly keyOf: (index: number) => string;
  readonly heightOf: (index: number) => number;
  readonly focused: number;
  readonly isFollowing: boolean;
  /** Where it begins; null for its end. */
  readonly place: Place | null;
}

export type TurnList = ReturnType<typeof useTurnList>;

export function useTurnList(options: Options) {
  const { scroller, count, isWhole, keyOf, heightOf, focused, isFollowing, place } = options;
  const around = useWidening(isWhole ? count : OVERSCAN);
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing here is memoized by a compiler
  return useVirtualizer<HTMLDivElement, HTMLElement>({
    count,
    getScrollElement: () => scroller,
    getItemKey: keyOf,
    estimateSize: heightOf,
    rangeExtractor: (range) => near(range, focused),
    initialOffset: place?.offset ?? THE_END,
    initialMeasurementsCache: place?.heights ?? [],
    anchorTo: "end",
    scrollEndThreshold: isFollowing ? FOLLOW_PX : -1,
    overscan: around,
    gap: GAP_PX,
    paddingStart: EDGE_PX,
    paddingEnd: EDGE_PX,
    scrollPaddingStart: SENT_FROM_TOP_PX,
    directDomUpdates: true,
    directDomUpdatesMode: "position",
  });
}

/** How far beyond what is in view: one row at first, one more whenever there is time. Safari does not tell when. */
function useWidening(limit: number): number {
  const [rows, setRows] = useState("requestIdleCallback" in globalThis ? 1 : Infinity);
  const next = rows < limit ? rows + 1 : Infinity; // what comes later need not wait
  useEffect(() => {
    if (rows === Infinity) return;
    const waiting = requestIdleCallback(() => setRows(next), { timeout: LONGEST_WAIT_MS });
    return () => cancelIdleCallback(waiting);
  }, [rows, next]);
  return Math.min(rows, limit);
}

/** What is in view, and where the focus can go with one key. */
function near(range: Range, focused: number): number[] {
  const reachable = [focused - 1, focused, focused + 1].filter((i) => i >= 0 && i < range.count);
  return [...new Set([...defaultRangeExtractor(range), ...reachable])].sort((a, b) => a - b);
}
