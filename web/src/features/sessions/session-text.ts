/** A whole session as text: to read (Markdown) or to work with (JSON). */
import { listTurns } from "@/api/client";
import type { Session, Turn } from "@/api/types";
import { formatDateTime } from "@/i18n";
import { turnAsMarkdown } from "@/renderers/turn-markdown";

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
