/**
 * What was written while the agent worked: sent one by one when it has answered.
 *
 * The rules it keeps: what waits can still be changed, so it is not the server's yet; it outlives a
 * reload of this tab, and no other tab sends it too: should the browser copy the tab, both send it under
 * one key, and the server takes it once.
 */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { Writing } from "@/storage";
import { newKey } from "@/turn/new-key";

export interface QueuedMessage extends Writing {
  /** The key under which it will be sent. */
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
    (writing: Writing) => change([...current.current, { ...writing, id: newKey() }]),
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

const keyOf = (sessionId: string) => `tertulia-queue ${sessionId}`;

/** Before it had a key it had only a number in its page. */
type Kept = Writing & { readonly key?: string };

const keptOf = ({ id, text, files }: QueuedMessage): Kept => ({ key: id, text, files });

function stored(sessionId: string | null): readonly QueuedMessage[] {
  if (sessionId === null) return [];
  try {
    const kept = JSON.parse(sessionStorage.getItem(keyOf(sessionId)) ?? "[]") as Kept[];
    return kept.map(({ key = newKey(), text, files }) => ({ id: key, text, files }));
  } catch {
    return []; // closed to us, or not ours
  }
}

function store(sessionId: string | null, items: readonly QueuedMessage[]): void {
  if (sessionId === null) return;
  try {
    if (items.length === 0) sessionStorage.removeItem(keyOf(sessionId));
    else sessionStorage.setItem(keyOf(sessionId), JSON.stringify(items.map(keptOf)));
  } catch {
    // closed to us: it waits as long as the page is open
  }
}
