/** An archive as a server makes it, of entries that a test names. */
import { gzipSync } from "node:zlib";

const BLOCK = 512;

function header(name: string, size: number, type: string): Uint8Array {
  const head = new Uint8Array(BLOCK);
  const write = (text: string, at: number) => head.set(new TextEncoder().encode(text), at);
  write(name, 0);
  write(size.toString(8).padStart(11, "0"), 124);
  write(type, 156);
  write("ustar\0", 257);
  return head;
}

export function entry(name: string, data: Uint8Array | string, type = "0"): Uint8Array {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const padding = new Uint8Array((BLOCK - (bytes.length % BLOCK)) % BLOCK);
  return Buffer.concat([header(name, bytes.length, type), bytes, padding]);
}

export const tarOf = (entries: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.concat([...entries, new Uint8Array(2 * BLOCK)]));

export const archiveOf = (entries: readonly Uint8Array[], name = "tertulia.tar.gz"): File =>
  new File([new Uint8Array(gzipSync(tarOf(entries)))], name);
