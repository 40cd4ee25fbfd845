/** The tooltip, fetched when a pointer moves or the keyboard is used: before that nothing has one to show. */
import { lazy, Suspense, useEffect, useState } from "react";
import { ErrorBoundary } from "react-error-boundary";

const TipLayer = lazy(async () => ({ default: (await import("./tip-layer")).TipLayer }));

export function LazyTipLayer() {
  const [isWanted, setWanted] = useState(false);
  useEffect(() => {
    const end = new AbortController();
    const want = () => setWanted(true);
    const options = { signal: end.signal, once: true, passive: true };
    for (const sign of ["pointerover", "keydown"]) addEventListener(sign, want, options);
    return () => end.abort();
  }, []);
  return (
    isWanted && (
      <ErrorBoundary fallback={null}>
        <Suspense>
          <TipLayer />
        </Suspense>
      </ErrorBoundary>
    )
  );
}
