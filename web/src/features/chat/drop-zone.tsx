/**
 * Files can be dropped anywhere while a talk is open; the talk says so as soon as some are carried
 * over the page.
 *
 * The rule it keeps: a file that misses never makes the browser leave the page for it.
 */
import { lazy, Suspense, useEffect, useEffectEvent, useState } from "react";
import { ErrorBoundary } from "react-error-boundary";

import { preloadAttachmentChips } from "./composer/lazy-attachment-chips";
import { filesIn, hasFiles, type Transferred } from "./transfer";

const DropSign = lazy(async () => ({ default: (await import("./drop-sign")).DropSign }));

export function DropZone({ onDrop }: { readonly onDrop: (dropped: Transferred) => void }) {
  const isOver = useFilesOverPage(onDrop);
  useEffect(() => {
    if (!isOver) return;
    preloadAttachmentChips();
  }, [isOver]);
  if (!isOver) return null;
  return (
    <ErrorBoundary fallback={null}>
      <Suspense>
        <DropSign />
      </Suspense>
    </ErrorBoundary>
  );
}

/** Are files carried over the page? While they are, the whole of it takes them. */
function useFilesOverPage(onDrop: (dropped: Transferred) => void): boolean {
  const [isOver, setOver] = useState(false);
  const take = useEffectEvent(onDrop);
  useEffect(() => {
    const listening = new AbortController();
    const on = (
      type: "dragenter" | "dragover" | "dragleave" | "drop",
      work: (drag: DragEvent) => void,
    ) =>
      addEventListener(
        type,
        (drag) => {
          if (hasFiles(drag.dataTransfer)) work(drag);
        },
        listening,
      );
    on("dragenter", () => setOver(true));
    on("dragover", (drag) => {
      drag.preventDefault();
      if (drag.dataTransfer) drag.dataTransfer.dropEffect = "copy";
    });
    // From one element into the next there is one that it leaves for; out of the window there is none.
    on("dragleave", (drag) => {
      if (!drag.relatedTarget) setOver(false);
    });
    on("drop", (drag) => {
      drag.preventDefault();
      setOver(false);
      if (drag.dataTransfer) take(filesIn(drag.dataTransfer));
    });
    return () => listening.abort();
  }, []);
  return isOver;
}
