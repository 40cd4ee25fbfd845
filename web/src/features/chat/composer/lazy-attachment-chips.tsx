/** What shows the files of a draft, fetched when there is one or is about to be one. */
import { lazy, Suspense } from "react";
import { ErrorBoundary } from "react-error-boundary";

import type { ChipsProps } from "./attachment-chips";

const load = () => import("./attachment-chips");
const AttachmentChips = lazy(async () => ({ default: (await load()).AttachmentChips }));

export function preloadAttachmentChips(): void {
  load().catch(() => {
    // The line is down: it is asked for again when it is needed.
  });
}

export function LazyAttachmentChips(props: ChipsProps) {
  if (props.files.length === 0) return null;
  return (
    <ErrorBoundary fallback={null}>
      <Suspense>
        <AttachmentChips {...props} />
      </Suspense>
    </ErrorBoundary>
  );
}
