/** A turn that was asked for lies further back than what is loaded: load until it is there. */
import { useEffect, useEffectEvent } from "react";

import type { Transcript } from "@/turn";

type Pages = Pick<Transcript, "rows" | "hasOlder" | "isLoadingOlder" | "loadOlder">;

export function useSoughtTurn(pages: Pages, turnId: string | undefined): void {
  const { rows, hasOlder, isLoadingOlder } = pages;
  const isThere = rows.some((row) => row.kind === "turn" && row.turn.turn_id === turnId);
  const isSought = turnId !== undefined && !isThere && hasOlder && !isLoadingOlder;
  const loadOlder = useEffectEvent(() => pages.loadOlder());
  useEffect(() => {
    if (isSought) loadOlder();
  }, [isSought]);
}
