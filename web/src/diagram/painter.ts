/**
 * The script of `diagram.html`, the frame in which Mermaid runs: without an origin, without a way to any server.
 *
 * The rules it keeps: it hears its page alone; one diagram is drawn after the other; the picture that goes back is a
 * whole SVG document, well-formed and of a stated size.
 */
import type { Colours, Drawn, Order } from "./protocol";

/** What is used of the library, which stands before this script in its file and brings no types. */
declare const mermaid: {
  initialize(options: Readonly<Record<string, unknown>>): void;
  render(id: string, source: string): Promise<{ readonly svg: string }>;
};

const MOST_CHARS = 20_000;
const MOST_EDGES = 500;
/** Wider or higher it is no picture that anybody looks at. */
const MOST_PX = 16_000;

/** Nothing in a picture does anything, so nothing is told to: the library adds menus that would. */
const setAttribute = Reflect.get(Element.prototype, "setAttribute");
Element.prototype.setAttribute = function (this: Element, name: string, value: string) {
  if (!/^on/i.test(name)) setAttribute.call(this, name, value);
};

addEventListener("message", ({ source, ports: [port] }) => {
  if (source !== parent || port === undefined) return;
  port.postMessage(null); // here
  port.onmessage = ({ data }: MessageEvent<Order>) => {
    void draw(data).then((drawn) => port.postMessage(drawn));
  };
});

async function draw({ source, colours, font }: Order): Promise<Drawn> {
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    suppressErrorRendering: true,
    secure: SETTLED,
    logLevel: "fatal",
    maxTextSize: MOST_CHARS,
    maxEdges: MOST_EDGES,
    deterministicIds: true,
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    fontFamily: font,
    theme: "base",
    themeVariables: variablesOf(colours, font),
    themeCSS: STILL,
  });
  try {
    const { svg } = await mermaid.render("diagram", source.replace(MARKUP, "‹"));
    return pictureOf(svg, colours.canvas);
  } catch {
    document.body.replaceChildren(); // what it had begun to measure
    return null;
  }
}

/** What a source may say nothing of; it may of its colours and curves. */
const SETTLED = [
  ...[
    "secure",
    "securityLevel",
    "startOnLoad",
    "suppressErrorRendering",
    "maxTextSize",
    "maxEdges",
  ],
  ...["htmlLabels", "themeCSS", "fontFamily", "dompurifyConfig"],
];

/**
 * Where HTML with attributes begins. It would be cleaned away, but parsed before that, and this page's policy would
 * complain of it; `<br />` and `<<interface>>` mean something.
 */
const MARKUP = /<(?=[a-z][^<>\s/]*[\s/])(?!br\s*\/?>)/gi;

/** A picture moves for nobody. */
const STILL = "* { animation: none !important; transition: none !important; }";

function pictureOf(markup: string, canvas: string): Drawn {
  const root = new DOMParser().parseFromString(markup, "text/html").querySelector("svg");
  const [, , width = 0, height = 0] = (root?.getAttribute("viewBox") ?? "")
    .split(/[\s,]+/)
    .map(Number);
  const isSized = width > 0 && height > 0 && width <= MOST_PX && height <= MOST_PX;
  if (root === null || !isSized) return null;
  root.setAttribute("width", String(width));
  root.setAttribute("height", String(height));
  root.setAttribute("style", `background-color: ${canvas}`);
  const words = [...root.querySelectorAll(":scope > title, :scope > desc")];
  return {
    svg: new XMLSerializer().serializeToString(root),
    width: Math.ceil(width),
    height: Math.ceil(height),
    words: words.map(({ textContent }) => textContent.trim()).join(". "),
  };
}

/** All other colours Mermaid makes of these. */
function variablesOf({ isDark, canvas, text, line, shape, edge, note }: Colours, font: string) {
  return {
    darkMode: isDark,
    fontFamily: font,
    fontSize: "15px",
    background: canvas,
    textColor: text,
    lineColor: line,
    primaryColor: shape,
    primaryTextColor: text,
    primaryBorderColor: edge,
    noteBkgColor: note,
    noteTextColor: text,
    noteBorderColor: edge,
    edgeLabelBackground: canvas,
    titleColor: text,
    clusterBkg: canvas,
    clusterBorder: line,
  };
}
