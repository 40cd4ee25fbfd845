/** Which sessions of the list are chosen, for something that is done to all of them at once. */
import { useState } from "react";

import type { Session } from "@/api/types";

export interface Selection {
  /** In the order of the list. What the list does not show any more is not in it. */
  readonly sessions: readonly Session[];
  readonly has: (sessionId: string) => boolean;
  readonly toggle: (sessionId: string) => void;
  /** All up to this one: from `from`, else from the one that was chosen last. */
  readonly extendTo: (sessionId: string, from?: string) => void;
  readonly all: () => void;
  readonly leave: () => void;
}

const NONE: ReadonlySet<string> = new Set();

/** `openId` is where a range begins when nothing was chosen before. */
export function useSelection(listed: readonly Session[], openId: string | null): Selection {
  const [ids, setIds] = useState(NONE);
  const [last, setLast] = useState<string | null>(null);
  const order = listed.map((session) => session.session_id);
  const sessions = listed.filter((session) => ids.has(session.session_id));

  const toggle = (id: string) => {
    const next = new Set(sessions.map((session) => session.session_id));
    if (!next.delete(id)) next.add(id);
    setIds(next);
    setLast(id);
  };
  const extendTo = (id: string, from = last ?? openId ?? id) => {
    const [start = 0, end = 0] = [from, id]
      .map((each) => order.indexOf(order.includes(each) ? each : id))
      .sort((a, b) => a - b);
    setIds(new Set([...ids, ...order.slice(start, end + 1)]));
    setLast(id);
  };
  return {
    sessions,
    has: (id) => ids.has(id),
    toggle,
    extendTo,
    all: () => setIds(new Set(order)),
    leave: () => {
      setIds(NONE);
      setLast(null);
    },
  };
}
