/**
 * Work once per frame of the screen, and less often while frames are too dear.
 *
 * The rule it keeps: however fast events come, the page draws at most once a frame; when a frame
 * costs more than 12 ms it draws every second one, then every fourth, until it is cheap again. A
 * hidden page has no frames, so it does no work.
 */
const DEAR_MS = 12;
const CHEAP_MS = 6;
const SLOWEST = 4;

export interface Screen {
  readonly nextFrame: (callback: () => void) => void;
  /** Called once the current frame has been painted. */
  readonly afterPaint: (callback: () => void) => void;
  readonly now: () => number;
}

/** The browser's screen. A message is delivered after the frame in which it was posted is painted. */
export const browserScreen: Screen = {
  nextFrame: (callback) => void requestAnimationFrame(callback),
  afterPaint: (callback) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      callback();
    };
    port2.postMessage(null);
  },
  now: () => performance.now(),
};

export class FramePacer {
  readonly #screen: Screen;
  #every = 1;
  #isWaiting = false;

  constructor(screen: Screen = browserScreen) {
    this.#screen = screen;
  }

  /** Do it in the next frame that is free; asked again before that, it is done once. */
  request(work: () => void): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#skip(this.#every - 1, work);
  }

  #skip(frames: number, work: () => void): void {
    this.#screen.nextFrame(() => {
      if (frames > 0) this.#skip(frames - 1, work);
      else this.#run(work);
    });
  }

  #run(work: () => void): void {
    this.#isWaiting = false;
    const begin = this.#screen.now();
    this.#screen.afterPaint(() => this.#adapt(this.#screen.now() - begin));
    work();
  }

  #adapt(cost: number): void {
    if (cost > DEAR_MS) this.#every = Math.min(SLOWEST, this.#every * 2);
    else if (cost < CHEAP_MS) this.#every = Math.max(1, this.#every / 2);
  }
}
