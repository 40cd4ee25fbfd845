/** The words and images within a message's content, whichever of its shapes it has. */
import { fileUrl } from "@/api/file-content";
import type { Content, FileAttachment, ImageItem, UserMessage } from "@/api/types";

export function textOf(content: Content): string {
  if (typeof content === "string") return content;
  return content.flatMap((item) => (item.type === "text" ? [item.text] : [])).join("\n");
}

export function imagesIn(content: Content): readonly ImageItem[] {
  return typeof content === "string" ? [] : content.filter((item) => item.type === "image");
}

/** Where the image can be shown from, or null: other hosts are not asked without a click. */
export function imageSource({ image }: ImageItem): string | null {
  if (image.file_id) return fileUrl(image.file_id);
  if (typeof image.data === "string") return `data:${image.media_type};base64,${image.data}`;
  const uri = image.url?.uri;
  return uri !== undefined && /^(data:image\/|\/(?!\/))/.test(uri) ? uri : null;
}

/** All files of a message, by whichever of its names they came. */
export const filesOf = ({ file, files, documents }: UserMessage): readonly FileAttachment[] => [
  ...(file ? [file] : []),
  ...(files ?? []),
  ...(documents ?? []),
];

/** A message to be sent anew: files that the server has are only named. */
export function againOf(message: UserMessage): UserMessage {
  const { file, files, documents } = message;
  return {
    ...message,
    ...(file && { file: named(file) }),
    ...(files && { files: files.map(named) }),
    ...(documents && { documents: documents.map(named) }),
  };
}

function named(file: FileAttachment): FileAttachment {
  const { file_id, name, type } = file;
  return file_id ? { file_id, name, type, size: file.size ?? null } : file;
}

/** How many words a reader will find. */
export function wordCount(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

/** What markdown says, without its marks: good enough to paste into a mail. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/^[ \t]*(```|~~~).*$/gm, "")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^[ \t]{0,3}#{1,6}[ \t]+/gm, "")
    .replace(/^[ \t]*>[ \t]?/gm, "")
    .replace(/(\*\*|__)(?=\S)(.*?\S)\1/g, "$2")
    .replace(/(?<![\w*])[*_](?=\S)([^*_\n]*?\S)[*_](?![\w*])/g, "$1")
    .replace(/`([^`\n]+)`/g, "$1")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
