/**
 * A file that is about to be sent with a message: may it be, and how it becomes part of one.
 *
 * The rule it keeps: what the server would refuse is refused before it is sent, with the reason.
 */
import type { FileAttachment, Limits } from "@/api/types";
import { formatBytes, t } from "@/i18n";

/** Kinds of text that systems do not know, or take for something else (`.ts` is a video to some). */
const TEXT_NAMES =
  /\.(txt|md|csv|tsv|log|json|jsonl|ya?ml|toml|ini|xml|html?|css|sql|sh|py|rb|rs|go|java|kt|c|h|cc|cpp|hpp|cs|php|swift|[cm]?[jt]sx?)$/i;

/** The media type to send: the system's word, except where it is known to be wrong or silent. */
export function mediaTypeOf(file: File): string {
  const known = file.type.split(";")[0] ?? "";
  if (/^(text|image)\//.test(known) || known === "application/json") return known;
  if (TEXT_NAMES.test(file.name)) return "text/plain";
  return known === "" ? "application/octet-stream" : known;
}

/** Why the file cannot be sent, in words; null when it can. */
export function refusalOf(file: File, limits: Limits): string | null {
  const { name } = file;
  const type = mediaTypeOf(file);
  if (file.size === 0) return t("attach.empty", { name });
  if (!limits.accept.some((pattern) => fits(type, pattern)))
    return t("attach.type", { name, type });
  const limit = largestFile(limits);
  if (file.size <= limit) return null;
  return t("attach.size", { name, size: formatBytes(file.size), limit: formatBytes(limit) });
}

/** What the rest of a request takes besides its file. */
const ENVELOPE_BYTES = 64_000;

/** A file travels within the request, and base64 makes four bytes of three. */
function largestFile(limits: Limits): number {
  const inline = Math.floor(((limits.max_body_bytes - ENVELOPE_BYTES) * 3) / 4);
  return Math.max(0, Math.min(limits.max_file_bytes, inline));
}

/** Does a media type fit `text/plain`, `text/*` or `*`? */
function fits(type: string, pattern: string): boolean {
  if (pattern === "*" || pattern === "*/*") return true;
  return pattern.endsWith("/*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}

/** The file as a message carries it. Base64 is made here, at the last moment, and kept nowhere. */
export async function attachmentOf(file: File): Promise<FileAttachment> {
  return {
    name: file.name,
    type: mediaTypeOf(file),
    size: file.size,
    content: await base64Of(file),
  };
}

function base64Of(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const url = reader.result as string;
      resolve(url.slice(url.indexOf(",") + 1));
    };
    reader.onerror = () => reject(reader.error ?? new Error("unreadable"));
    reader.readAsDataURL(file);
  });
}
