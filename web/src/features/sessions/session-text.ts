/** A whole session as text: to read (Markdown) or to work with (JSON). */
import { listTurns } from "@/api/client";
import type { Message, Session, Turn } from "@/api/types";
import { formatDateTime } from "@/i18n";
import { t } from "@/i18n/sessions";
import { textOf } from "@/renderers/message-text";

const PAGE = 200;

/** Every turn of a session, oldest first, as the server has it now. */
async function allTurns(session: Session): Promise<readonly Turn[]> {
  const turns: Turn[] = [];
  let cursor: string | null = null;
  do {
    const page = await listTurns(session.agent_id, session.session_id, { cursor, limit: PAGE });
    turns.push(...page.turns);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return turns.reverse();
}

export async function sessionAsJson(session: Session): Promise<string> {
  return JSON.stringify({ ...session, turns: await allTurns(session) }, null, 2);
}

export async function sessionAsMarkdown(session: Session): Promise<string> {
  const turns = await allTurns(session);
  const head = `# ${session.session_name}\n\n_${formatDateTime(session.started_at)}_`;
  return [head, ...turns.flatMap(turnAsMarkdown)].join("\n\n") + "\n";
}

function turnAsMarkdown(turn: Turn): readonly string[] {
  return [...turn.input_messages, turn.output_message].flatMap(messageAsMarkdown);
}

function messageAsMarkdown(message: Message): readonly string[] {
  switch (message.role) {
    case "user": {
      const file =
        message.file === undefined || message.file === null
          ? []
          : [`_${t("export.file", { name: message.file.name })}_`];
      return [`**${t("export.you")}**`, ...file, textOf(message.content)];
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
