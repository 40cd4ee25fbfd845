/** In jsdom nothing has a size that could change, and nobody who would tell. */
import { vi } from "vitest";

class ResizeObserverOfNothing implements ResizeObserver {
  readonly observe = (): void => undefined;
  readonly unobserve = (): void => undefined;
  readonly disconnect = (): void => undefined;
}

export function giveResizeObserver(): void {
  vi.stubGlobal("ResizeObserver", ResizeObserverOfNothing);
}
