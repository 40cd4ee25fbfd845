/**
 * What was written while the agent worked: sent one by one when it has answered.
 *
 * The rules it keeps: what waits can still be changed, so it is not the server's yet; it outlives a
 * reload of this tab, and no other tab sends it too; each is taken out once.
 */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { Writing } from "@/storage";

export interface QueuedMessage extends Writing {
  readonly id: string;
}

export interface Queue {
  readonly items: readonly QueuedMessage[];
  readonly add: (writing: Writing) => void;
  /** Take it out, to send, edit or drop it; undefined when somebody else did. */
  readonly take: (id: string) => QueuedMessage | undefined;
  /** Have it wait in another place of the queue. */
  readonly move: (id: string, place: number) => void;
}

export function useQueue(sessionId: string | null): Queue {
  const [items, setItems] = useState(() => stored(sessionId));
  const current = useRef(items);

  const change = useCallback((next: readonly QueuedMessage[]) => {
    current.current = next;
    setItems(next);
  }, []);
  const add = useCallback(
    (writing: Writing) => change([...current.current, { ...writing, id: newId() }]),
    [change],
  );
  const take = useCallback(
    (id: string) => {
      const taken = current.current.find((item) => item.id === id);
      if (taken) change(current.current.filter((item) => item !== taken));
      return taken;
    },
    [change],
  );
  const move = useCallback(
    (id: string, place: number) => {
      const moved = current.current.find((item) => item.id === id);
      if (!moved) return;
      const others = current.current.filter((item) => item !== moved);
      change([...others.slice(0, place), moved, ...others.slice(place)]);
    },
    [change],
  );
  useEffect(() => store(sessionId, items), [sessionId, items]);
  return useMemo(() => ({ items, add, take, move }), [items, add, take, move]);
}

let ids = 0;
const newId = () => `queued-${(ids += 1)}`;

const keyOf = (sessionId: string) => `tertulia-queue ${sessionId}`;

function stored(sessionId: string | null): readonly QueuedMessage[] {
  if (sessionId === null) return [];
  try {
    const kept = JSON.parse(sessionStorage.getItem(keyOf(sessionId)) ?? "[]") as Writing[];
    return kept.map(({ text, files }) => ({ text, files, id: newId() }));
  } catch {
    return []; // closed to us, or not ours
  }
}

function store(sessionId: string | null, items: readonly QueuedMessage[]): void {
  if (sessionId === null) return;
  try {
    if (items.length === 0) sessionStorage.removeItem(keyOf(sessionId));
    else sessionStorage.setItem(keyOf(sessionId), JSON.stringify(items));
  } catch {
    // closed to us: it waits as long as the page is open
  }
}
