/** Sends what waits, one message for each answer. */
import { useEffect, useRef } from "react";

import type { Queue } from "./use-queue";
import type { Writing } from "@/storage";

export function useQueueAdvance(
  { items, take }: Queue,
  isFree: boolean,
  send: (writing: Writing, key: string) => Promise<void>,
): void {
  const isHandingOver = useRef(false);
  const next = items[0]?.id;
  useEffect(() => {
    if (!isFree || next === undefined || isHandingOver.current) return;
    const writing = take(next);
    if (writing === undefined) return;
    isHandingOver.current = true;
    void send(writing, writing.id).finally(() => (isHandingOver.current = false));
  }, [isFree, next, take, send]);
}
