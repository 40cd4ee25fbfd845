/** The words and the files of a message, whichever of its shapes it has. */
import type { Content, FileAttachment, ImageItem, UserMessage } from "@/api/types";
import { t } from "@/i18n";

export function textOf(content: Content): string {
  if (typeof content === "string") return content;
  return content.flatMap((item) => (item.type === "text" ? [item.text] : [])).join("\n");
}

/** All files of a message, by whichever of its names they came, and the images among its words. */
export const filesOf = ({ content, file, files, documents }: UserMessage) => [
  ...(file ? [file] : []),
  ...(files ?? []),
  ...(documents ?? []),
  ...imagesIn(content),
];

/** The images among the words, as the files that they are. */
export function imagesIn(content: Content): readonly FileAttachment[] {
  if (typeof content === "string") return [];
  return content.flatMap((item) => (item.type === "image" ? [fileOf(item)] : []));
}

/** What lies on another host stays there: it is named, and not asked for. */
function fileOf({ image: { url, data, media_type, file_id = null } }: ImageItem): FileAttachment {
  const uri = url?.uri ?? null;
  const [, type = media_type, inline = null] =
    /^data:(image\/[^;,]+);base64,(.*)/.exec(uri ?? "") ?? [];
  return { name: t("file.image"), type, file_id, url: uri, content: data ?? inline };
}

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
