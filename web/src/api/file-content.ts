/** The content of files that the server keeps: where it is, and its beginning as text. */
import { fetchPatiently } from "./fetch";
import { serverUrl } from "./transport";

export const fileUrl = (fileId: string) =>
  serverUrl(`/v1/files/${encodeURIComponent(fileId)}/content`);

/** All of a file, where its address alone would not be answered. */
export async function readWhole(fileId: string, signal?: AbortSignal): Promise<Blob> {
  const url = new URL(fileUrl(fileId), location.origin);
  return (await fetchPatiently(new Request(url, { signal: signal ?? null }))).blob();
}

/** The beginning of a text, or all of it; null text is none: its bytes are no words. */
export interface Start {
  readonly text: string | null;
  readonly isWhole: boolean;
}

/** The first bytes of a file, as text: enough to look at, however large it is. */
export async function readStart(
  fileId: string,
  bytes: number,
  signal: AbortSignal,
): Promise<Start> {
  const request = new Request(new URL(fileUrl(fileId), location.origin), {
    headers: { Range: `bytes=0-${bytes}` }, // one more, to know whether there is more
    signal,
  });
  return startOf(await taken(await fetchPatiently(request), bytes + 1), bytes);
}

/** The first of these bytes, as text. */
export function startOf(bytes: Uint8Array, most: number): Start {
  const isWhole = bytes.length <= most;
  const words = new TextDecoder(charsetOf(bytes)).decode(bytes.subarray(0, most), {
    stream: true, // a character that is cut in two is left out
  });
  return { text: words.includes("\0") ? null : words, isWhole };
}

/** The first bytes of an answer; a server that knows no ranges is stopped after them. */
async function taken(response: Response, most: number): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  const bytes = new Uint8Array(most);
  let length = 0;
  while (reader && length < most) {
    const { value } = await reader.read();
    if (value === undefined) break;
    const part = value.subarray(0, most - length);
    bytes.set(part, length);
    length += part.length;
  }
  reader?.cancel().catch(() => undefined); // nobody waits for what is not wanted
  return bytes.subarray(0, length);
}

function charsetOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}
