/**
 * Has diagrams drawn, one after the other, by a frame that comes with the first and leaves when nothing more comes.
 *
 * The rules it keeps: what comes back is only made an image of; a diagram that takes too long takes its frame with it;
 * what was drawn once is kept for a while, so that scrolling back to it costs nothing.
 */
import type { Colours, Drawn, Order, Picture } from "@/diagram/protocol";
import { DARK, LIGHT, type SchemeColors } from "@/theme/palette";
import { SANS } from "@/theme/theme";

export type Scheme = "light" | "dark";

export interface Image extends Omit<Picture, "svg"> {
  readonly url: string;
}

export const PATIENCE_MS = 20_000;
const IDLE_MS = 60_000;
const KEPT = 100;
/** Mermaid is asked for no more, and the page shows no more. */
const MOST_SOURCE = 20_000;
const MOST_SVG = 4_000_000;
const MOST_WORDS = 500;

const made = new Map<string, Image | null>();
let last: Promise<unknown> = Promise.resolve();
let painter: Promise<MessagePort> | null = null;
let frame: HTMLIFrameElement | null = null;
let idle: ReturnType<typeof setTimeout> | undefined;

const keyOf = (source: string, scheme: Scheme) => `${scheme}\n${source}`;

/** What is known of it already: null is that it cannot be drawn. */
export const knownImage = (source: string, scheme: Scheme) => made.get(keyOf(source, scheme));

/** The image of a diagram; null when it cannot be drawn. Rejects when what draws could not be fetched. */
export function imageOf(source: string, scheme: Scheme): Promise<Image | null> {
  const image = last.then(async () => knownImage(source, scheme) ?? (await draw(source, scheme)));
  last = image.catch(() => undefined); // the next one tries again
  return image;
}

async function draw(source: string, scheme: Scheme): Promise<Image | null> {
  if (source.length > MOST_SOURCE) return null;
  clearTimeout(idle);
  const port = await (painter ??= openFrame());
  const order: Order = { source, colours: COLOURS[scheme], font: SANS };
  port.postMessage(order);
  const drawn = await answerOf<Drawn>(port).catch(() => null);
  idle = setTimeout(closeFrame, IDLE_MS);
  const image = drawn && imageFrom(drawn);
  keep(keyOf(source, scheme), image);
  return image;
}

/** What comes next from the frame; it is closed when nothing does. */
function answerOf<Answer>(port: MessagePort): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      closeFrame();
      reject(new Error("nothing came of the frame"));
    }, PATIENCE_MS);
    port.onmessage = ({ data }: MessageEvent<Answer>) => {
      clearTimeout(timer);
      resolve(data);
    };
  });
}

/** In which nothing may be done but run its own script: no origin, no forms, no windows, no way out. */
function openFrame(): Promise<MessagePort> {
  const opened = document.createElement("iframe");
  opened.setAttribute("sandbox", "allow-scripts");
  opened.setAttribute("aria-hidden", "true");
  opened.tabIndex = -1;
  opened.src = "/diagram.html";
  Object.assign(opened.style, UNSEEN);
  frame = opened;
  return new Promise((resolve) => {
    opened.addEventListener("load", () => {
      const { port1, port2 } = new MessageChannel();
      // It has no origin that could be named.
      opened.contentWindow?.postMessage(null, "*", [port2]);
      resolve(answerOf<null>(port1).then(() => port1)); // it says that it is there
    });
    document.body.append(opened);
  });
}

/** Not far away and not without a size: what browsers think is not seen they let sleep, and it measures text. */
const UNSEEN = {
  position: "fixed",
  insetBlockStart: "0",
  insetInlineStart: "0",
  inlineSize: "800px",
  blockSize: "600px",
  border: "0",
  visibility: "hidden",
  pointerEvents: "none",
};

function closeFrame(): void {
  clearTimeout(idle);
  frame?.remove();
  frame = null;
  painter = null;
}

function imageFrom({ svg, width, height, words }: Picture): Image | null {
  if (svg.length > MOST_SVG) return null;
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  return { url, width, height, words: words.slice(0, MOST_WORDS) };
}

/** The newest come last; what was drawn longest ago goes first. */
function keep(key: string, image: Image | null): void {
  made.set(key, image);
  const [oldest] = made.keys();
  if (made.size <= KEPT || oldest === undefined) return;
  const gone = made.get(oldest);
  made.delete(oldest);
  if (gone) URL.revokeObjectURL(gone.url);
}

const coloursOf = (colours: SchemeColors, isDark: boolean): Colours => ({
  isDark,
  canvas: colours.canvas,
  text: colours.text,
  line: colours.muted,
  shape: colours.bubble,
  edge: colours.primary,
  note: colours.raised,
});

const COLOURS = { light: coloursOf(LIGHT, false), dark: coloursOf(DARK, true) } as const;
