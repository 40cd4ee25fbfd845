/**
 * A file that is about to go with a message: may it, and what is it called.
 *
 * The rule it keeps: what the server would refuse is refused before it is sent, with the reason.
 */
import type { Limits } from "@/api/types";
import { formatBytes } from "@/i18n";
import { t } from "@/i18n/files";
import { shownName } from "@/renderers/shown-name";

/** Kinds of text that systems do not know, or take for something else (`.ts` is a video to some). */
const TEXT_NAMES =
  /\.(txt|md|csv|tsv|log|json|jsonl|ya?ml|toml|ini|xml|html?|css|sql|sh|py|rb|rs|go|java|kt|c|h|cc|cpp|hpp|cs|php|swift|[cm]?[jt]sx?)$/i;

const OFFICE = "application/vnd.openxmlformats-officedocument.";

/** What systems are silent about on which no office is installed. */
const TYPES: Readonly<Record<string, string>> = {
  pdf: "application/pdf",
  heic: "image/heic",
  heif: "image/heif",
  docx: `${OFFICE}wordprocessingml.document`,
  xlsx: `${OFFICE}spreadsheetml.sheet`,
  pptx: `${OFFICE}presentationml.presentation`,
};

/** The media type to send: the system's word, except where it is known to be wrong or silent. */
export function mediaTypeOf(file: File): string {
  const known = file.type.split(";")[0] ?? "";
  if (/^(text|image)\//.test(known) || known === "application/json") return known;
  if (TEXT_NAMES.test(file.name)) return "text/plain";
  if (known !== "") return known;
  const end = /\.(\w+)$/.exec(file.name.toLowerCase())?.[1] ?? "";
  return TYPES[end] ?? "application/octet-stream";
}

export const PHOTO_NAME = /\.hei[cf]$/i;

/** Is it a photo as phones keep them? Systems that do not know the kind say nothing; then its name does. */
export const isPhonePhoto = ({ type, name }: File): boolean =>
  type === "" ? PHOTO_NAME.test(name) : /^image\/hei[cf]$/.test(type);

/** Why the file cannot be sent, in words; null when it can. */
export function refusalOf(file: File, limits: Limits): string | null {
  const name = shownName(file.name);
  const type = mediaTypeOf(file);
  if (file.size === 0) return t("attach.empty", { name });
  if (!limits.accept.some((pattern) => fits(type, pattern)))
    return t("attach.type", { name, type });
  const limit = limits.max_file_bytes;
  if (file.size <= limit) return null;
  return t("attach.size", { name, size: formatBytes(file.size), limit: formatBytes(limit) });
}

/** Those that may go with a message which has `there` files already, and why the others may not. */
export function sorted(files: readonly File[], limits: Limits | undefined, there: number) {
  if (limits === undefined) return { taken: files, refusals: [] }; // then the server says it
  const reasons = files.map((file) => [file, refusalOf(file, limits)] as const);
  const fitting = reasons.flatMap(([file, reason]) => (reason === null ? [file] : []));
  const taken = fitting.slice(0, Math.max(0, limits.max_files - there));
  const left = fitting.slice(taken.length).map(({ name }) => shownName(name));
  const tooMany =
    left.length === 0
      ? []
      : [t("attach.tooMany", { count: limits.max_files, names: left.join(", ") })];
  return { taken, refusals: [...reasons.flatMap(([, reason]) => reason ?? []), ...tooMany] };
}

/** Pasted text as a file, with a name that none of the others has. */
export function fileOfText(text: string, names: readonly string[]): File {
  const nameOf = (n: number) => t("attach.pastedName", { n: n === 1 ? "" : ` ${n}` });
  let n = 1;
  while (names.includes(nameOf(n))) n += 1;
  return new File([text], nameOf(n), { type: "text/plain" });
}

/** Does a media type fit `text/plain`, `text/*` or `*`? */
function fits(type: string, pattern: string): boolean {
  if (pattern === "*" || pattern === "*/*") return true;
  return pattern.endsWith("/*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}
