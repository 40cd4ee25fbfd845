/** When the place for the list changes (the composer grows, the window turns), its end stays in view. */
import { useEffect, useEffectEvent } from "react";

export function usePinnedEnd(scroller: HTMLElement | null, pin: () => void): void {
  const onResize = useEffectEvent(pin);
  useEffect(() => {
    if (scroller === null) return;
    const observer = new ResizeObserver(() => onResize());
    observer.observe(scroller);
    return () => observer.disconnect();
  }, [scroller]);
}
