/** Does the transcript follow what is new, and how much of it has the reader not seen? */
import { useEffect, useEffectEvent, useState } from "react";

import type { TranscriptRow } from "@/turn";

import { listenToReader } from "./reader-intents";

export interface Following {
  readonly isFollowing: boolean;
  /** The end is in reach. */
  readonly isNear: boolean;
  /** Rows that came since the reader left the end. */
  readonly unseen: number;
  readonly follow: () => void;
  readonly leave: () => void;
}

export function useFollowing(
  scroller: HTMLElement | null,
  rows: readonly TranscriptRow[],
  onApproachStart: () => void,
): Following {
  /** The newest row when the reader left the end; older rows may yet come before it. */
  const [seenKey, setSeenKey] = useState<string | null>(null);
  const [isNear, setNear] = useState(true);
  const follow = () => setSeenKey(null);
  const leave = () => setSeenKey((before) => before ?? rows.at(-1)?.key ?? null);

  const onLeave = useEffectEvent(leave);
  const approach = useEffectEvent(onApproachStart);
  useEffect(() => {
    if (scroller === null) return;
    return listenToReader(scroller, {
      onLeave: () => onLeave(),
      onReachEnd: () => setSeenKey(null),
      onNear: setNear,
      onApproachStart: () => approach(),
    });
  }, [scroller]);

  return { isFollowing: seenKey === null, isNear, unseen: rowsAfter(rows, seenKey), follow, leave };
}

function rowsAfter(rows: readonly TranscriptRow[], key: string | null): number {
  if (key === null) return 0;
  const index = rows.findLastIndex((row) => row.key === key);
  return index === -1 ? 0 : rows.length - 1 - index;
}
