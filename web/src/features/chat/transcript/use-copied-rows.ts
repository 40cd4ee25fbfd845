/**
 * Who copies a selection that goes over several turns has them as markdown.
 *
 * The rule it keeps: what a selection is made into is fetched while it is made; copying itself waits for nothing, as
 * browsers hand out their clipboard only at that moment.
 */
import { useEffect, useEffectEvent } from "react";

import type { TranscriptRow } from "@/turn";

import type * as Copying from "./copied-rows";

let copying: typeof Copying | undefined;

export function useCopiedRows(scroller: HTMLElement | null, rows: readonly TranscriptRow[]): void {
  const onCopy = useEffectEvent((copy: ClipboardEvent) => {
    if (scroller !== null) copying?.copyRows(copy, scroller, rows);
  });
  useEffect(() => {
    const listening = new AbortController();
    document.addEventListener("selectionchange", fetchCopying, listening);
    document.addEventListener("copy", (copy) => onCopy(copy), listening);
    return () => listening.abort();
  }, []);
}

function fetchCopying(): void {
  if (copying !== undefined || getSelection()?.isCollapsed !== false) return;
  import("./copied-rows").then(
    (found) => (copying = found),
    () => undefined, // the line is down: copied is what the browser makes of it
  );
}
