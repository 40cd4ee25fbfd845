/**
 * A file on a message: what kind it is, where its content is, how to get it onto the disk.
 *
 * The rule it keeps: content comes from our own server or stands in the message; what lies on
 * another host is named, never fetched.
 */
import { fileUrl, readStart, readWhole, type Start, startOf } from "@/api/file-content";
import { areHeadersNeeded } from "@/api/transport";
import type { FileAttachment } from "@/api/types";
import { reasonOf } from "@/components/error-text";
import { notify } from "@/components/notices";
import { save, saveBytes } from "@/components/save";
import { t } from "@/i18n/files";

export type FileKind = "image" | "text" | "pdf" | "other";

/** What browsers draw within an `<img>`, where nothing in it can run. */
const IMAGE = /^image\/(png|jpeg|gif|webp|avif|bmp|svg\+xml)$/;
const TEXT = /^(text\/|application\/(json|xml|yaml|toml|javascript|x-ndjson|x-sh)\b)/;
const SOUND = /^(audio\/|application\/ogg$)/;

export function kindOf({ type }: FileAttachment): FileKind {
  if (IMAGE.test(type)) return "image";
  if (type === "application/pdf") return "pdf";
  return TEXT.test(type) ? "text" : "other";
}

export type Player = "audio" | "video";

/** What plays it in this browser; null where nothing does, or it is not at hand. */
export function playerOf({ type, file_id }: FileAttachment): Player | null {
  const player = type.startsWith("video/") ? "video" : SOUND.test(type) ? "audio" : null;
  if (!file_id || player === null) return null;
  return document.createElement(player).canPlayType(type) === "" ? null : player;
}

/** Where the browser can get it from; null while its content is not at hand. */
export function sourceOf(file: FileAttachment): string | null {
  if (file.file_id) return fileUrl(file.file_id);
  return file.content ? `data:${file.type};base64,${file.content}` : null;
}

/** The host on which it lies, if it is another's. */
export function foreignHost({ url }: FileAttachment): string | null {
  return url && /^https?:/i.test(url) && URL.canParse(url) ? new URL(url).host : null;
}

export function sizeOf(file: FileAttachment): number | null {
  if (typeof file.size === "number") return file.size;
  if (typeof file.content !== "string") return null;
  const padding = /={0,2}$/.exec(file.content)?.[0].length ?? 0;
  return (file.content.length / 4) * 3 - padding;
}

/** The first `bytes` of it as text. */
export async function textOfFile(
  file: FileAttachment,
  bytes: number,
  signal: AbortSignal,
): Promise<Start> {
  if (file.file_id) return readStart(file.file_id, bytes, signal);
  return startOf(bytesOf(file.content ?? ""), bytes);
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** Hand the file to the user's disk. */
export function download(file: FileAttachment): void {
  const { file_id: id, name } = file;
  if (!id) saveBytes(new Blob([bytesOf(file.content ?? "")], { type: file.type }), name);
  else if (!areHeadersNeeded()) save(fileUrl(id), name);
  else readWhole(id).then((bytes) => saveBytes(bytes, name), sayNothingCame);
}

const sayNothingCame = (error: unknown) => notify(reasonOf(error));

const OFFICE = "application/vnd.openxmlformats-officedocument.";

const NAMES: Readonly<Record<string, () => string>> = {
  "application/pdf": () => "PDF",
  "application/json": () => "JSON",
  "text/csv": () => "CSV",
  "text/html": () => "HTML",
  "text/markdown": () => "Markdown",
  "text/plain": () => t("file.text"),
  [`${OFFICE}wordprocessingml.document`]: () => t("file.word"),
  [`${OFFICE}spreadsheetml.sheet`]: () => t("file.excel"),
  [`${OFFICE}presentationml.presentation`]: () => t("file.powerpoint"),
};

/** Whose second word people know: `audio/x-m4a`, `image/png`. */
const KNOWN_END = /^(?:image|audio|video)\/(?:x-)?(?!vnd\.)([a-z0-9]+)/;

/** What people call a media type; itself where they have no other word for it. */
export function typeName(type: string): string {
  const [plain = ""] = type.split(";");
  return NAMES[plain]?.() ?? KNOWN_END.exec(plain)?.[1]?.toUpperCase() ?? plain;
}
