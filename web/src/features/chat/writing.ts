/** What somebody wrote, out of a message that it became: to write it anew. */
import type { Writing } from "@/storage";
import { textOf } from "@/renderers/message-text";
import type { OutboxEntry } from "@/turn";

export const writingOf = ({ messages: [message], uploads }: OutboxEntry): Writing => ({
  text: message === undefined ? "" : textOf(message.content),
  files: uploads,
});
