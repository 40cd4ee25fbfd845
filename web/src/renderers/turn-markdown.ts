/** A turn as markdown, to be read elsewhere: who said what, and which files came with it. */
import type { Message, Turn } from "@/api/types";
import { t } from "@/i18n/sessions";

import { filesOf, textOf } from "./message-text";

/** Its parts, to stand with a blank line between them. */
export function turnAsMarkdown(turn: Turn): readonly string[] {
  return [...turn.input_messages, turn.output_message].flatMap(messageAsMarkdown);
}

function messageAsMarkdown(message: Message): readonly string[] {
  switch (message.role) {
    case "user": {
      const files = filesOf(message).map(({ name }) => `_${t("export.file", { name })}_`);
      return [`**${t("export.you")}**`, ...files, textOf(message.content)];
    }
    case "assistant":
      return message.content === "" ? [] : [`**${t("export.agent")}**`, message.content];
    case "system":
    case "tool":
      return [];
    default:
      return message satisfies never;
  }
}
