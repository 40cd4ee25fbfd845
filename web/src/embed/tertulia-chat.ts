/**
 * `<tertulia-chat src agent theme lang session label api-key>`: a talk in a frame, for pages of others.
 *
 * The rules it keeps: it defines its element and leaves nothing else behind; the key goes through a
 * port to the server's own origin, never into an address; what is taken off the page lets go of all.
 */
import { HELLO, NEW, type News, READY, type Theme, THEMES, type Told } from "./protocol";

const NAME = "tertulia-chat";
const REFLECTED = ["src", "agent", "theme", "session", "label"] as const;
/** The frame can neither lead its page elsewhere nor open a dialog over it. */
const SANDBOX = [
  ...["scripts", "same-origin", "forms", "downloads", "popups"],
  "popups-to-escape-sandbox",
];
const STYLE = `
  :host { display: block; block-size: min(36rem, 80vh); min-inline-size: 0 }
  :host([hidden]) { display: none }
  iframe { display: block; inline-size: 100%; block-size: 100%; border: 0; color-scheme: normal }
`;

type Reflected = (typeof REFLECTED)[number];

class TertuliaChat extends HTMLElement {
  static readonly observedAttributes = [...REFLECTED, "lang", "api-key"];

  readonly #root = this.attachShadow({ mode: "open" });
  #frame: HTMLIFrameElement | null = null;
  #port: MessagePort | null = null;
  #apiKey: string | null = null;
  /** What the frame says it is not told: by then it may be elsewhere. */
  #isHeard = false;

  constructor() {
    super();
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    this.#root.adoptedStyleSheets = [style];
  }

  /** Who writes here, as the server knows it. It is kept in memory, and in no attribute unless it came in one. */
  get apiKey(): string | null {
    return this.#apiKey;
  }

  set apiKey(key: string | null) {
    this.#apiKey = key;
    this.#tell({ apiKey: key });
  }

  connectedCallback(): void {
    for (const name of [...REFLECTED, "apiKey"] as const) this.#takeEarly(name);
    this.#open();
  }

  disconnectedCallback(): void {
    this.#close();
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now) return;
    if (name === "api-key") this.apiKey = now;
    else if (name === "label" && this.#frame) this.#frame.title = this.#label;
    else if (name === "theme") this.#tell({ theme: this.#theme });
    else if (name === "session") {
      if (!this.#isHeard) this.#tell({ session: now ?? NEW });
    } else if (this.#frame) {
      this.#close();
      this.#open();
    }
  }

  get #label(): string {
    return this.getAttribute("label") ?? "Chat";
  }

  get #theme(): Theme {
    return THEMES.find((theme) => theme === this.getAttribute("theme")) ?? "system";
  }

  /** What was set before the script had come hides what stands here. */
  #takeEarly(name: Reflected | "apiKey"): void {
    if (!Object.hasOwn(this, name)) return;
    const value: unknown = Reflect.get(this, name);
    Reflect.deleteProperty(this, name);
    Reflect.set(this, name, value);
  }

  #open(): void {
    const url = this.#url();
    if (url === null || !this.isConnected) return;
    const frame = document.createElement("iframe");
    frame.title = this.#label;
    frame.allow = "clipboard-write";
    frame.referrerPolicy = "no-referrer";
    frame.sandbox.add(...SANDBOX.map((each) => `allow-${each}`));
    frame.src = url.href;
    this.#frame = frame;
    addEventListener("message", this.#hear);
    this.#root.append(frame);
  }

  #url(): URL | null {
    const [src, agent] = [this.getAttribute("src"), this.getAttribute("agent")];
    if (!src || !agent) return null; // it opens when both are there
    const url = URL.parse(
      `${src.replace(/\/+$/, "")}/embed/${encodeURIComponent(agent)}`,
      document.baseURI,
    );
    if (url === null || !/^https?:$/.test(url.protocol)) {
      this.#emit("error", { code: "bad_src", message: `src is no address of a server: ${src}` });
      return null;
    }
    url.searchParams.set("host", "1");
    url.searchParams.set("theme", this.#theme);
    url.searchParams.set("session", this.getAttribute("session") ?? NEW);
    if (this.lang !== "") url.searchParams.set("lang", this.lang); // without it, as the browser asks
    return url;
  }

  #close(): void {
    removeEventListener("message", this.#hear);
    this.#port?.close();
    this.#frame?.remove();
    this.#port = this.#frame = null;
  }

  /** Each time the frame has been loaded anew it asks anew. */
  readonly #hear = ({ source, origin, data }: MessageEvent<unknown>): void => {
    const frame = this.#frame?.contentWindow;
    if (!frame || source !== frame || origin !== this.#origin) return;
    if ((data as { readonly type?: unknown } | null)?.type !== READY) return;
    this.#port?.close();
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = (said: MessageEvent<News>) => this.#take(said.data);
    const told: Told = {
      apiKey: this.#apiKey,
      theme: this.#theme,
      session: this.getAttribute("session") ?? NEW,
    };
    frame.postMessage({ type: HELLO, told }, origin, [port2]);
    this.#emit("ready", null);
  };

  get #origin(): string {
    return new URL(this.#frame?.src ?? "about:blank").origin;
  }

  #take(news: News): void {
    if (news.type === "session") {
      this.#isHeard = true;
      this.setAttribute("session", news.detail.sessionId ?? NEW);
      this.#isHeard = false;
    }
    this.#emit(news.type, news.detail);
  }

  #emit(type: News["type"] | "ready", detail: unknown): void {
    this.dispatchEvent(
      new CustomEvent(`tertulia-${type}`, { detail, bubbles: true, composed: true }),
    );
  }

  #tell(told: Told): void {
    this.#port?.postMessage(told);
  }
}

/** The attributes as properties; null takes one away. */
for (const name of REFLECTED)
  Object.defineProperty(TertuliaChat.prototype, name, {
    configurable: true,
    enumerable: true,
    get(this: HTMLElement) {
      return this.getAttribute(name);
    },
    set(this: HTMLElement, value: string | null | undefined) {
      if (value === null || value === undefined) this.removeAttribute(name);
      else this.setAttribute(name, value);
    },
  });

// A page may name the script twice.
if (!customElements.get(NAME)) customElements.define(NAME, TertuliaChat);
