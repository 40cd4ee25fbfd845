/** Sizes, which jsdom has none of. A virtual list draws only what has room in its scroller. */
import { vi } from "vitest";

/** Every row of a list is `row` high, and every scroller `room`. */
export function giveSizes({ row = 36, room = 600 } = {}): void {
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(row);
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(room);
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(280);
}

/** A window of this width, for those who ask `matchMedia`. */
export function giveWidth(px: number): void {
  giveMedia((query) => {
    const most = /max-width:\s*([\d.]+)px/.exec(query)?.[1];
    return most !== undefined && px <= Number(most);
  });
}

/** A mouse, for those who ask `matchMedia`. */
export const giveMouse = (): void => giveMedia((query) => query.includes("hover: hover"));

function giveMedia(matches: (query: string) => boolean): void {
  vi.stubGlobal("matchMedia", (query: string) =>
    Object.assign(new EventTarget(), {
      media: query,
      matches: matches(query),
      addListener: () => undefined,
      removeListener: () => undefined,
    }),
  );
}
