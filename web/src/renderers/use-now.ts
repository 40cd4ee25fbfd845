/** The time, again and again, for as long as somebody looks at it. */
import { createContext, use, useEffect, useState } from "react";

/** Where a turn is drawn as it once was, it is another time than now. */
export const ThenContext = createContext<number | null>(null);

export function useNow(everyMs: number): number {
  const then = use(ThenContext);
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return then ?? now;
}
