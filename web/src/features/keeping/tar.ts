/**
 * Reads a tar archive while it comes, an entry at a time (POSIX.1-2001: what Tertulia writes, and what others make of it
 * when they pack it anew).
 */
export interface TarEntry {
  readonly name: string;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** It ends before it should, or is none. */
export class BrokenArchive extends Error {}

const BLOCK = 512;
const TYPE_AT = 156;
/** Of one entry: more than any server takes, and what a tab can hold. */
const MOST_BYTES = 2 ** 31;
const decoder = new TextDecoder();

export async function* entriesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<TarEntry> {
  const bytes = new ByteReader(stream);
  let extended: ReadonlyMap<string, string> = new Map();
  for (;;) {
    const head = await bytes.take(BLOCK);
    if (head.every((byte) => byte === 0)) return;
    const size = Number(extended.get("size") ?? Number.parseInt(field(head, 124, 12), 8));
    if (!(size >= 0 && size < MOST_BYTES) || field(head, 257, 5) !== "ustar")
      throw new BrokenArchive();
    const data = await bytes.take(size);
    await bytes.take((BLOCK - (size % BLOCK)) % BLOCK);
    const type = String.fromCharCode(head[TYPE_AT] ?? 0);
    if (type === "x") {
      extended = recordsOf(data);
      continue;
    }
    if (type === "0" || type === "\0") yield { name: extended.get("path") ?? nameIn(head), data };
    extended = new Map();
  }
}

const field = (head: Uint8Array, at: number, length: number): string =>
  decoder.decode(head.subarray(at, at + length)).replace(/\0[^]*$/, "");

const nameIn = (head: Uint8Array): string =>
  [field(head, 345, 155), field(head, 0, 100)].filter(Boolean).join("/");

/** `<length> <key>=<value>\n` again and again. */
function recordsOf(data: Uint8Array): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  let at = 0;
  while (at < data.length) {
    const space = data.indexOf(0x20, at);
    const length = Number(decoder.decode(data.subarray(at, space)));
    if (space === -1 || !(length > 0)) throw new BrokenArchive();
    const [key = "", ...value] = decoder
      .decode(data.subarray(space + 1, at + length - 1))
      .split("=");
    records.set(key, value.join("="));
    at += length;
  }
  return records;
}

/** The bytes of a stream, as many as are asked for. */
class ByteReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  async take(count: number): Promise<Uint8Array<ArrayBuffer>> {
    const taken = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      if (this.#rest.length === 0) this.#rest = await this.#next();
      const some = this.#rest.subarray(0, count - filled);
      taken.set(some, filled);
      filled += some.length;
      this.#rest = this.#rest.subarray(some.length);
    }
    return taken;
  }

  async #next(): Promise<Uint8Array> {
    const { done, value } = await this.#reader.read();
    if (done) throw new BrokenArchive();
    return value;
  }
}
