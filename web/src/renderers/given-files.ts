/** What the model was given of each file of a turn, as the server noted it with the question. */
import type { FileAttachment, Turn } from "@/api/types";

interface Told {
  readonly name: string;
  readonly file_id: string | null;
  readonly given: string;
}

const nothing = () => undefined;

/** In the server's words; of a file that no model was asked about there are none. Without any, always the same one. */
export function givenIn(turn: Turn): (file: FileAttachment) => string | undefined {
  const told = turn.steps.flatMap(({ metadata }) => toldIn(metadata.attachments));
  if (told.length === 0) return nothing;
  return ({ file_id, name }) =>
    told.find((one) => (file_id ? one.file_id === file_id : one.name === name))?.given;
}

function toldIn(noted: unknown): readonly Told[] {
  return Array.isArray(noted) ? noted.filter(isTold) : [];
}

const isTold = (value: unknown): value is Told =>
  typeof value === "object" &&
  value !== null &&
  "given" in value &&
  typeof value.given === "string";
