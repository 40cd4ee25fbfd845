/** Asks for older turns in time: as the reader comes near them, and when there is room for them. */
import { useEffect, useEffectEvent } from "react";

import type { Transcript } from "@/turn";

import { isNearStart } from "./reader-intents";

type Pages = Pick<Transcript, "rows" | "hasOlder" | "isLoadingOlder" | "loadOlder">;

/** Returns what to call when the reader comes near. */
export function useOlderTurns(scroller: HTMLElement | null, pages: Pages): () => void {
  const { rows, hasOlder, isLoadingOlder, loadOlder } = pages;
  const load = useEffectEvent(() => {
    if (hasOlder && !isLoadingOlder) loadOlder();
  });
  useEffect(() => {
    if (rows.length > 0 && scroller !== null && isNearStart(scroller)) load();
  }, [scroller, rows.length, isLoadingOlder]);
  return () => {
    if (hasOlder && !isLoadingOlder) loadOlder();
  };
}
