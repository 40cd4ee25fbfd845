/**
 * The page around the frame, if there is one: what it tells, and what it is told.
 *
 * The rules it keeps: it is heard when it is the page right around, and of an origin that the server
 * names; what is said before it has answered waits for it.
 */
import { type Hello, HELLO, type News, READY, type Told, toldIn } from "@/embed/protocol";

interface Around {
  /** Undefined where nothing is around. */
  readonly parent: Pick<Window, "postMessage"> | undefined;
  /** Besides the server's own. */
  readonly origins: readonly string[];
}

export class Host {
  readonly #around: Around;
  #port: MessagePort | null = null;
  #waiting: News[] = [];
  #onTold: (told: Told) => void = () => undefined;

  constructor(around: Around) {
    this.#around = around;
  }

  /** Say that the frame is there; returns the end of listening. */
  listen(onTold: (told: Told) => void): () => void {
    this.#onTold = onTold;
    addEventListener("message", this.#hear);
    this.#around.parent?.postMessage({ type: READY }, "*");
    return () => {
      removeEventListener("message", this.#hear);
      this.#port?.close();
      this.#port = null;
    };
  }

  readonly say = (news: News): void => {
    if (this.#port) this.#port.postMessage(news);
    else if (this.#around.parent) this.#waiting.push(news);
  };

  readonly #hear = ({ source, origin, data, ports }: MessageEvent<unknown>): void => {
    const { parent, origins } = this.#around;
    const [port] = ports;
    if (parent === undefined || source !== parent || port === undefined || !isHello(data)) return;
    if (origin !== location.origin && !origins.includes(origin)) return;
    this.#port?.close();
    this.#port = port;
    port.onmessage = (message: MessageEvent<unknown>) => this.#onTold(toldIn(message.data));
    this.#onTold(toldIn(data.told));
    for (const news of this.#waiting.splice(0)) port.postMessage(news);
  };
}

const isHello = (data: unknown): data is Hello =>
  typeof data === "object" && data !== null && (data as Partial<Hello>).type === HELLO;

/** Whose pages may be around: the server wrote it into this one. */
export function namedOrigins(page: Document): readonly string[] {
  const named = page.querySelector<HTMLMetaElement>("meta[name=tertulia-embedders]")?.content ?? "";
  return named.split(" ").filter((origin) => origin !== "");
}
