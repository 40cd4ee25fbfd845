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

/** Nobody is anywhere else: whoever goes through the list, or writes into a field, stays there. */
export const isFocusFree = (): boolean =>
  hasMouse() && window.parent === window && document.activeElement === document.body;

/** For what asks for a new session: where one begins already its composer takes the focus, else the one that comes. */
export function writeAtOnce(): void {
  if (!hasMouse()) return;
  const write = offerOf(SHORTCUTS.focusComposer);
  if (write !== undefined) write();
  else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}
