/**
 * The one tooltip of the page: it shows the `data-tip` of what the pointer rests on or the keyboard
 * has come to. A hundred buttons cost no more than one.
 *
 * It only repeats what the button's name and `aria-keyshortcuts` say, so it is hidden from screen
 * readers. Escape, a press and scrolling send it away.
 */
import Box from "@mui/material/Box";
import { useEffect, useRef, useState } from "react";

const DELAY_MS = 500;
const GAP_PX = 6;
const EDGE_PX = 8;

interface Tip {
  readonly text: string;
  readonly at: DOMRect;
  readonly isAbove: boolean;
}

export function TipLayer() {
  const [tip, setTip] = useState<Tip | null>(null);
  useEffect(() => watchTips(setTip), []);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (tip !== null && box.current !== null) place(box.current, tip);
  }, [tip]);
  return (
    tip !== null && (
      <Box ref={box} aria-hidden sx={BOX}>
        {tip.text}
      </Box>
    )
  );
}

function tipOf(element: Element): Tip {
  return {
    text: element.getAttribute("data-tip") ?? "",
    at: element.getBoundingClientRect(),
    isAbove: element.getAttribute("data-tip-side") === "top",
  };
}

/** Calls `show` with what is to be seen, or null. Returns the end of it. */
function watchTips(show: (tip: Tip | null) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over: Element | null = null;
  const hide = () => {
    clearTimeout(timer);
    over = null;
    show(null);
  };
  const wait = (element: Element, ms: number) => {
    clearTimeout(timer);
    over = element;
    timer = setTimeout(() => {
      if (element.isConnected) show(tipOf(element));
    }, ms);
  };
  const onPointer = (event: PointerEvent) => {
    const element = tipped(event);
    if (element === over || event.pointerType === "touch") return;
    hide();
    if (element !== null) wait(element, DELAY_MS);
  };
  const onFocus = (event: FocusEvent) => {
    const element = tipped(event);
    hide();
    if (element?.matches(":focus-visible") === true) wait(element, DELAY_MS);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") hide();
  };
  const end = new AbortController();
  const options = { signal: end.signal, passive: true };
  document.addEventListener("pointerover", onPointer, options);
  document.addEventListener("pointerdown", hide, options);
  document.addEventListener("focusin", onFocus, options);
  document.addEventListener("focusout", hide, options);
  document.addEventListener("keydown", onKey, options);
  document.addEventListener("scroll", hide, { ...options, capture: true });
  const there = [...document.querySelectorAll("[data-tip]:is(:hover, :focus-visible)")].at(-1);
  if (there !== undefined) wait(there, DELAY_MS);
  return () => {
    hide();
    end.abort();
  };
}

const tipped = ({ target }: Event): Element | null =>
  target instanceof Element ? target.closest("[data-tip]") : null;

/** Under or over the element, on the other side where there is no room; never over the window's edge. */
function place(box: HTMLElement, { at, isAbove }: Tip): void {
  const { offsetWidth: width, offsetHeight: height } = box;
  const needed = GAP_PX + height + EDGE_PX;
  const goesUnder = isAbove ? at.top < needed : at.bottom + needed <= innerHeight;
  const left = at.left + at.width / 2 - width / 2;
  box.style.top = `${goesUnder ? at.bottom + GAP_PX : at.top - GAP_PX - height}px`;
  box.style.left = `${Math.max(EDGE_PX, Math.min(left, innerWidth - width - EDGE_PX))}px`;
}

const BOX = {
  position: "fixed",
  zIndex: "tooltip",
  maxWidth: 300,
  px: 1,
  py: 0.5,
  borderRadius: "6px",
  bgcolor: "text.primary",
  color: "background.default",
  fontSize: "0.75rem",
  fontWeight: 500,
  pointerEvents: "none",
} as const;
