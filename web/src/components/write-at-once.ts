/**
 * Where a session begins there is nothing to be read before one writes: the composer has the focus then.
 *
 * The rule it keeps: not on a touch screen, whose keyboard would cover half of the page, nor in a frame, where the
 * page around it has the person's attention.
 */
import { offerOf } from "./offers";
import { SHORTCUTS } from "./shortcuts";

/** A field that takes the focus here brings no keyboard onto the screen. */
export const hasMouse = (): boolean => matchMedia("(hover: hover) and (pointer: fine)").matches;

export const mayTakeFocus = (): boolean => hasMouse() && window.parent === window;

/** For what asks for a new session where one may begin already. */
export function writeAtOnce(): void {
  if (mayTakeFocus()) offerOf(SHORTCUTS.focusComposer)?.();
}
