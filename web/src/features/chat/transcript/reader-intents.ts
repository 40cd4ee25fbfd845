/**
 * What the reader does with the transcript, told apart from what the page does with it.
 *
 * The rule it keeps: to leave the end is heard from the hand (wheel, finger, key, scrollbar,
 * selection), not from the scrolling that follows, so that text which streams in at that moment
 * cannot win against the reader.
 */

/** From so near to the end what grows is followed. */
export const FOLLOW_PX = 80;
/** Scroll positions are fractions of pixels. */
const AT_END_PX = 2;

const UPWARD_KEYS: readonly string[] = ["PageUp", "Home", "ArrowUp"];

export interface ReaderIntents {
  /** The reader turns to something else than the end. */
  readonly onLeave: () => void;
  /** The reader has come to the very end. */
  readonly onReachEnd: () => void;
  /** The end came into reach, or went out of it. */
  readonly onNear: (isNear: boolean) => void;
  /** The reader may soon see where the list begins. */
  readonly onApproachStart: () => void;
}

/**
 * So many screens before the list's beginning, what lies before it is asked for: it then comes before its place is
 * drawn, and is drawn turn by turn, not all at once.
 */
const APPROACH_SCREENS = 5;

export function isNearStart(scroller: HTMLElement): boolean {
  return scroller.scrollTop < APPROACH_SCREENS * scroller.clientHeight;
}

function distanceFromEnd(scroller: HTMLElement): number {
  return scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
}

/** Listen until the returned function is called. */
export function listenToReader(scroller: HTMLElement, intents: ReaderIntents): () => void {
  const controller = new AbortController();
  const on = { signal: controller.signal, passive: true };
  const leave = () => {
    if (scroller.scrollHeight > scroller.clientHeight) intents.onLeave();
  };
  scroller.addEventListener("wheel", ({ deltaY }) => deltaY < 0 && leave(), on);
  scroller.addEventListener("keydown", ({ key }) => UPWARD_KEYS.includes(key) && leave(), on);
  scroller.addEventListener(
    "pointerdown",
    (press) => isOnScrollbar(press, scroller) && leave(),
    on,
  );
  scroller.addEventListener("click", (click) => isUnfolding(click) && intents.onLeave(), on);
  document.addEventListener("selectionchange", () => isSelecting(scroller) && leave(), on);
  listenToFingers(scroller, leave, on);
  listenToScrolling(scroller, intents, on);
  return () => controller.abort();
}

function isOnScrollbar(press: PointerEvent, scroller: HTMLElement): boolean {
  return press.target === scroller && press.offsetX >= scroller.clientWidth;
}

/** What is unfolded grows away from the line that was clicked, which stays where it is. */
function isUnfolding({ target }: Event): boolean {
  return target instanceof Element && target.closest("[aria-expanded=false], summary") !== null;
}

function isSelecting(scroller: HTMLElement): boolean {
  const selection = getSelection();
  return selection !== null && !selection.isCollapsed && scroller.contains(selection.anchorNode);
}

/** A finger that moves down pulls older text into view. */
function listenToFingers(scroller: HTMLElement, leave: () => void, on: AddEventListenerOptions) {
  let last = 0;
  const height = (touch: TouchEvent) => touch.touches[0]?.clientY ?? last;
  scroller.addEventListener("touchstart", (touch) => (last = height(touch)), on);
  scroller.addEventListener(
    "touchmove",
    (touch) => {
      if (height(touch) > last) leave();
      last = height(touch);
    },
    on,
  );
}

function listenToScrolling(
  scroller: HTMLElement,
  intents: ReaderIntents,
  on: AddEventListenerOptions,
) {
  let last = scroller.scrollTop;
  const look = () => {
    const distance = distanceFromEnd(scroller);
    const isUpward = scroller.scrollTop < last;
    const isDownward = scroller.scrollTop > last;
    last = scroller.scrollTop;
    intents.onNear(distance <= FOLLOW_PX);
    if (isUpward && isNearStart(scroller)) intents.onApproachStart();
    if (isDownward && distance <= AT_END_PX) intents.onReachEnd();
    // Find in page, a jump to an anchor: nobody's hand was seen, and yet it is not the end.
    if (isUpward && distance > FOLLOW_PX) intents.onLeave();
  };
  scroller.addEventListener("scroll", look, on);
}
