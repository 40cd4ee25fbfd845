/**
 * Calls to the server as lines for a shell.
 *
 * The rules it keeps: whatever a message says, the shell takes it as one word and runs nothing of it;
 * the key is named and never written out.
 */
import type { TurnPlace } from "@/api/client";
import type { InputMessage, Turn } from "@/api/types";

/** As one word of a POSIX shell: between single quotes nothing means anything but their end. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("\u0000", "").replaceAll("'", `'\\''`)}'`;
}

export interface HttpCall {
  readonly method: "GET" | "POST";
  readonly url: string;
  /** What is sent, in JSON. */
  readonly body?: unknown;
  /** The answer comes piece by piece. */
  readonly isStream?: boolean;
}

/** The variable is for the shell to read, so this one header stands in double quotes. */
const KEY = `-H "Authorization: Bearer $TERTULIA_API_KEY"`;

export function curlOf({ method, url, body, isStream = false }: HttpCall): string {
  const flags = `-sS${isStream ? "N" : ""}`;
  const lines = [
    `curl ${flags}${method === "GET" ? "" : ` -X ${method}`} ${shellQuoted(url)}`,
    KEY,
  ];
  if (isStream) lines.push(`-H ${shellQuoted("Accept: text/event-stream")}`);
  if (body !== undefined) {
    lines.push(`-H ${shellQuoted("Content-Type: application/json")}`);
    lines.push(`--data-raw ${shellQuoted(JSON.stringify(body))}`);
  }
  return lines.join(" \\\n  ");
}

const addressOf = (origin: string, { agentId, sessionId }: TurnPlace) =>
  `${origin}/v1/agents/${encodeURIComponent(agentId)}/session/${encodeURIComponent(sessionId)}`;

/** Begin a turn like this one: the same message, after the same turn. */
export function createCall(origin: string, place: TurnPlace, turn: Turn): HttpCall {
  const messages = turn.input_messages.map(withoutContent);
  const body = { messages, parent_turn_id: turn.parent_turn_id, stream: true };
  return { method: "POST", url: `${addressOf(origin, place)}/turn`, body, isStream: true };
}

export const readCall = (origin: string, place: TurnPlace): HttpCall => ({
  method: "GET",
  url: `${addressOf(origin, place)}/turn/${encodeURIComponent(place.turnId)}`,
});

export const followCall = (origin: string, place: TurnPlace): HttpCall => ({
  method: "GET",
  url: `${readCall(origin, place).url}/events`,
  isStream: true,
});

export const requestCall = (origin: string, place: TurnPlace, stepId: string): HttpCall => ({
  method: "GET",
  url: `${readCall(origin, place).url}/step/${encodeURIComponent(stepId)}/request`,
});

/** Files that the server keeps are named by their ids. */
function withoutContent(message: InputMessage): object {
  if (message.role !== "user") return message;
  const { file, files, documents, content } = message;
  return {
    role: message.role,
    content: typeof content === "string" ? content : content.map(withoutData),
    ...(file && { file: named(file) }),
    ...(files && { files: files.map(named) }),
    ...(documents && { documents: documents.map(named) }),
  };
}

type File = NonNullable<Extract<InputMessage, { role: "user" }>["file"]>;
type Item = Exclude<InputMessage["content"], string>[number];

const named = (file: File) => (file.file_id ? { file_id: file.file_id } : file);

function withoutData(item: Item): object {
  const id = item.type === "image" ? item.image.file_id : null;
  return id ? { type: "image", image: { file_id: id } } : item;
}
