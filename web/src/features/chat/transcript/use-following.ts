/** Does the transcript follow what is new, and how much of it has the reader not seen? */
import { useEffect, useEffectEvent, useState } from "react";

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
  count: number,
  onApproachStart: () => void,
): Following {
  const [seen, setSeen] = useState<number | null>(null);
  const [isNear, setNear] = useState(true);
  const follow = () => setSeen(null);
  const leave = () => setSeen((before) => before ?? count);

  const onLeave = useEffectEvent(leave);
  const approach = useEffectEvent(onApproachStart);
  useEffect(() => {
    if (scroller === null) return;
    return listenToReader(scroller, {
      onLeave: () => onLeave(),
      onReachEnd: () => setSeen(null),
      onNear: setNear,
      onApproachStart: () => approach(),
    });
  }, [scroller]);

  const unseen = seen === null ? 0 : Math.max(0, count - seen);
  return { isFollowing: seen === null, isNear, unseen, follow, leave };
}
