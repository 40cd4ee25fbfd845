/**
 * The sessions in a file that was taken out of Tertulia, one after the other: the file is one, or an archive of them
 * (docs/guide/export-and-import.md says what lies in it).
 *
 * The rule it keeps: what a session's document says stays as it was written, byte for byte; only the content of files,
 * which an archive has beside it, is put into its place.
 */
import type { Agent } from "@/api/types";
import { t } from "@/i18n/keeping";

import { entriesOf, type TarEntry } from "./tar";

/** Why a file cannot be brought in, in words for whoever chose it. */
export class BadFile extends Error {}

export type Part =
  | { readonly kind: "agent"; readonly agent: Agent }
  | { readonly kind: "upload" }
  | {
      readonly kind: "session";
      readonly name: string;
      readonly agent: Agent;
      readonly json: string;
    };

type OnRead = (bytes: number) => void;

/** Yield what lies in a file; hear how many of its bytes have been read. Throws BadFile. */
export async function* partsOf(file: File, onRead: OnRead): AsyncGenerator<Part> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  if (first === undefined) throw new BadFile(t("data.bad.empty"));
  if (first === 0x1f && second === 0x8b) yield* partsOfArchive(file, onRead);
  else if (first === 0x50 && second === 0x4b)
    throw new BadFile(t("data.bad.foreign")); // a .zip
  else {
    yield sessionIn(await file.text());
    onRead(file.size);
  }
}

async function* partsOfArchive(file: File, onRead: OnRead): AsyncGenerator<Part> {
  const entries = entriesOf(
    file.stream().pipeThrough(counting(onRead)).pipeThrough(new DecompressionStream("gzip")),
  );
  try {
    const first = await entries.next();
    if (first.done === true || !isOfAccount(first.value)) throw new BadFile(t("data.bad.archive"));
    yield* grouped(entries);
  } catch (error) {
    if (error instanceof BadFile) throw error;
    // Of what is no gzip any more each browser says something else.
    throw new BadFile(t("data.bad.cut"), { cause: error });
  }
}

/** The content of a session's files follows it. */
async function* grouped(entries: AsyncGenerator<TarEntry>): AsyncGenerator<Part> {
  let text: string | null = null;
  let files = new Map<string, Uint8Array>();
  for await (const entry of entries) {
    const [folder, name = ""] = entry.name.split("/");
    if (folder === "files") {
      if (text !== null) files.set(name, entry.data);
      continue;
    }
    if (text !== null) yield sessionIn(text, files);
    text = folder === "sessions" ? textOf(entry) : null;
    files = new Map();
    if (folder === "agents") yield { kind: "agent", agent: parsed(textOf(entry)) as Agent };
    if (folder === "uploads") yield { kind: "upload" };
  }
  if (text !== null) yield sessionIn(text, files);
}

interface Document {
  readonly format: "tertulia.session";
  readonly agent: Agent;
  readonly session: { readonly session_name: string };
  readonly files?: readonly ExportedFile[];
}

interface ExportedFile {
  readonly info: { readonly sha256: string };
  readonly content: string | null;
}

function sessionIn(text: string, contents: ReadonlyMap<string, Uint8Array> = new Map()): Part {
  const document = parsed(text);
  if (!isDocument(document)) throw new BadFile(t("data.bad.foreign"));
  const { agent, session, files = [] } = document;
  const json = contents.size === 0 ? text : withContents(text, files, contents);
  return { kind: "session", name: session.session_name, agent, json };
}

/** The files stand last in a document, and no text in it can look like their name: quotes in texts are escaped. */
function withContents(
  text: string,
  files: readonly ExportedFile[],
  contents: ReadonlyMap<string, Uint8Array>,
): string {
  const filled = files.map((file) => {
    const bytes = contents.get(file.info.sha256);
    return bytes === undefined ? file : { ...file, content: base64Of(bytes) };
  });
  return `${text.slice(0, text.lastIndexOf('"files":'))}"files":${JSON.stringify(filled)}}`;
}

function isDocument(value: unknown): value is Document {
  const { format, agent, session } = (value ?? {}) as Partial<Document>;
  return (
    format === "tertulia.session" && agent?.agent_config !== undefined && session !== undefined
  );
}

const isOfAccount = (entry: TarEntry): boolean =>
  entry.name === "account.json" &&
  (parsed(textOf(entry)) as { format?: unknown } | null)?.format === "tertulia.account";

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadFile(t("data.bad.text"), { cause: error });
  }
}

const textOf = ({ data }: TarEntry) => new TextDecoder().decode(data);

/** As many bytes as become text at once without a stack that overflows, in threes. */
const PIECE = 0x6000;

function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE)
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE)));
  return text;
}

function counting(
  onRead: OnRead,
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let read = 0;
  return new TransformStream({
    transform: (piece, controller) => {
      read += piece.length;
      onRead(read);
      controller.enqueue(piece);
    },
  });
}
