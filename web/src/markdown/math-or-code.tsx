/** A few words of code, or a formula. What draws formulas comes with the first; until then, and should it not come, its source stands there. */
import { type ComponentProps, lazy, Suspense } from "react";
import { ErrorBoundary } from "react-error-boundary";

import { textOf } from "./hast-text";
import { DISPLAY, INLINE } from "./show-math";
import type { ExtraProps } from "./to-react";

const Formula = lazy(() => import("./formula"));

export function MathOrCode({
  className,
  title,
  dir,
  children,
  node,
}: ComponentProps<"code"> & ExtraProps) {
  if (className !== INLINE && className !== DISPLAY) return <code dir={dir}>{children}</code>;
  const source = <code dir="ltr">{title}</code>;
  return (
    <ErrorBoundary fallback={source}>
      <Suspense fallback={source}>
        <Formula
          tex={textOf(node?.children ?? [])}
          source={title ?? ""}
          isDisplay={className === DISPLAY}
        />
      </Suspense>
    </ErrorBoundary>
  );
}
