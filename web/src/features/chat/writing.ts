/** What somebody wrote, and the message that it becomes. */
import type { Message, UserMessage } from "@/api/types";
import { attachmentOf } from "./composer/attachment";
import { bytesOf } from "@/renderers/file-content";
import { textOf } from "@/renderers/message-text";

export interface Writing {
  readonly text: string;
  readonly file: File | null;
}

export async function messageOf({ text, file }: Writing): Promise<UserMessage> {
  const message = { role: "user", content: text } as const;
  return file === null ? message : { ...message, file: await attachmentOf(file) };
}

/** The way back, to write it anew. */
export function writingOf(messages: readonly Message[]): Writing {
  const message = messages.find((one) => one.role === "user");
  if (message === undefined) return { text: "", file: null };
  const { content, file } = message;
  return {
    text: textOf(content),
    file:
      file?.content === undefined || file.content === null
        ? null
        : new File([bytesOf(file.content)], file.name, { type: file.type }),
  };
}
