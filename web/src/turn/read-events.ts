/** Read a response of `text/event-stream` to its end: bytes in, event frames out. */
import { createParser } from "eventsource-parser";

import type { EventFrame } from "@/api/events";

interface Reader<Payload> {
  readonly onFrame: (frame: EventFrame<Payload>) => void;
  /** Any bytes at all, heartbeats too: the connection lives. */
  readonly onBytes: () => void;
}

/** Resolves when the server ends the stream; rejects when it is cut, aborted or makes no sense. */
export async function readEvents<Payload>(
  response: Response,
  { onFrame, onBytes }: Reader<Payload>,
): Promise<void> {
  if (response.body === null) return;
  const parser = createParser({ onEvent: ({ id, data }) => onFrame(frameOf(id, data)) });
  const decoder = new TextDecoder();
  for await (const bytes of chunksOf(response.body)) {
    onBytes();
    parser.feed(decoder.decode(bytes, { stream: true }));
  }
}

/** Safari cannot iterate over a stream itself. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

function frameOf<Payload>(id: string | undefined, data: string): EventFrame<Payload> {
  const { event } = JSON.parse(data) as { event?: { payload?: Payload } };
  if (id === undefined || event?.payload === undefined)
    throw new Error("an event without id or payload");
  return { id, payload: event.payload };
}
