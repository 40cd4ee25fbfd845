/** Fetched for messages that have files. */
import { type ComponentProps, lazy, Suspense } from "react";
import { ErrorBoundary } from "react-error-boundary";

import { t } from "@/i18n";

import type { UploadingWords } from "./uploading-words";

const Words = lazy(async () => ({ default: (await import("./uploading-words")).UploadingWords }));

export function LazyUploadingWords(props: ComponentProps<typeof UploadingWords>) {
  const waiting = t("delivery.waiting");
  return (
    <ErrorBoundary fallback={waiting}>
      <Suspense fallback={waiting}>
        <Words {...props} />
      </Suspense>
    </ErrorBoundary>
  );
}
