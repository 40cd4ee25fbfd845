/**
 * Handlers that stay the same from one drawing to the next, and do what they were given last: what is handed them and
 * has not changed otherwise need not be drawn anew.
 *
 * The rule it keeps: they are for what happens later, never called while something is drawn.
 */
import { useLayoutEffect, useState } from "react";

type Handlers = Readonly<Record<string, (...given: never[]) => void>>;

export function useSteady<T extends Handlers>(handlers: T): T {
  const [{ steady, follow }] = useState(() => steadied(handlers));
  useLayoutEffect(() => follow(handlers));
  return steady;
}

function steadied<T extends Handlers>(handlers: T) {
  let latest: Handlers = handlers;
  const steady = Object.fromEntries(
    Object.keys(handlers).map((name) => [name, (...given: never[]) => latest[name]?.(...given)]),
  );
  const follow = (next: T): void => {
    latest = next;
  };
  return { steady: steady as T, follow };
}
