/** Streams of events as a server writes them, in the hand of the test. */
import type { EventFrame } from "@/api/events";

const encoder = new TextEncoder();

/** A frame as it goes over the wire. */
export function wired({ id, payload }: EventFrame<unknown>): string {
  return `id: ${id}\ndata: ${JSON.stringify({ event: { payload } })}\n\n`;
}

/** A whole stream: these frames, then the end. */
export function streamOf(frames: readonly EventFrame<unknown>[]): Response {
  return new Response(frames.map(wired).join(""), {
    headers: { "Content-Type": "text/event-stream" },
  });
}

/** One line from the server to the page that the test writes to, ends or cuts. */
export class Line {
  readonly response: Response;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  isAborted = false;

  constructor(signal?: AbortSignal) {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        this.isAborted = true;
      },
    });
    this.response = new Response(body, { headers: { "Content-Type": "text/event-stream" } });
    signal?.addEventListener("abort", () => {
      if (this.isAborted) return;
      this.isAborted = true;
      this.#controller?.error(signal.reason);
    });
  }

  write(text: string | Uint8Array): void {
    this.#controller?.enqueue(typeof text === "string" ? encoder.encode(text) : text);
  }

  send(...frames: readonly EventFrame<unknown>[]): void {
    this.write(frames.map(wired).join(""));
  }

  end(): void {
    this.#controller?.close();
  }

  cut(): void {
    this.#controller?.error(new TypeError("network error"));
  }
}
