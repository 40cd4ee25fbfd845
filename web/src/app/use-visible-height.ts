/**
 * How high the page may be where a keyboard lies over it instead of making it smaller, as on iOS: `--t-height`, and
 * `--t-top` for how far the browser has moved what is seen.
 *
 * The rule it keeps: whoever zooms in sees a part of the page because they want to, and nothing follows that.
 */
import { useEffect } from "react";

/** Bars of a browser are lower, keyboards are higher. */
const KEYBOARD_PX = 120;

export function useVisibleHeight(): void {
  useEffect(() => {
    const view = window.visualViewport;
    if (!view) return;
    const { style } = document.documentElement;
    const set = (height: string, top: string) => {
      style.setProperty("--t-height", height); // an empty one is taken away
      style.setProperty("--t-top", top);
    };
    const follow = () => {
      const isCovered = view.scale === 1 && innerHeight - view.height > KEYBOARD_PX;
      set(isCovered ? `${view.height}px` : "", isCovered ? `${view.offsetTop}px` : "");
    };
    follow();
    view.addEventListener("resize", follow);
    view.addEventListener("scroll", follow);
    return () => {
      view.removeEventListener("resize", follow);
      view.removeEventListener("scroll", follow);
      set("", "");
    };
  }, []);
}
