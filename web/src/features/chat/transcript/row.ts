/** What a row of the transcript shows, whichever of its lives it is in. */
import type { Turn } from "@/api/types";
import type { OutboxEntry, TranscriptRow } from "@/turn";

import { provisionalTurn } from "./provisional-turn";

export const turnOf = (row: TranscriptRow): Turn =>
  row.kind === "turn" ? row.turn : provisionalTurn(row.entry);

const ALONE: readonly string[] = [];

export const siblingsOf = (row: TranscriptRow): readonly string[] =>
  row.kind === "turn" ? row.siblings : ALONE;

export const entryOf = (row: TranscriptRow): OutboxEntry | null =>
  row.kind === "outgoing" ? row.entry : null;
