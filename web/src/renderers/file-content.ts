/** A file on a message: what kind it is, its words, its bytes. */
import type { FileAttachment } from "@/api/types";

export type FileKind = "image" | "text" | "other";

/** What browsers draw within an `<img>`, where nothing in it can run. */
const IMAGE = /^image\/(png|jpeg|gif|webp|avif|bmp|svg\+xml)$/;
const TEXT = /^(text\/|application\/(json|xml|yaml|toml|javascript|x-ndjson|x-sh)\b)/;

export function kindOf(type: string): FileKind {
  if (IMAGE.test(type)) return "image";
  return TEXT.test(type) ? "text" : "other";
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

export function wordsOf(base64: string): string {
  return new TextDecoder().decode(bytesOf(base64));
}

export function sizeOf(file: FileAttachment): number | null {
  if (typeof file.size === "number") return file.size;
  if (typeof file.content !== "string") return null;
  const padding = /={0,2}$/.exec(file.content)?.[0].length ?? 0;
  return (file.content.length / 4) * 3 - padding;
}

/** Where the browser can show it from; null when its content is not at hand. */
export function sourceOf(file: FileAttachment): string | null {
  return file.content ? `data:${file.type};base64,${file.content}` : null;
}

/** Hand the file to the user's disk. */
export function download(file: FileAttachment): void {
  const source = objectUrl(file);
  const link = document.createElement("a");
  link.href = source;
  link.download = file.name;
  link.click();
  URL.revokeObjectURL(source);
}

function objectUrl(file: FileAttachment): string {
  return URL.createObjectURL(new Blob([bytesOf(file.content ?? "")], { type: file.type }));
}
