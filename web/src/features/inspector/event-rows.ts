/** Events as rows of a list: pieces of one step that came one after the other are one row. */
import type { EventFrame } from "@/api/events";

export interface EventRow {
  readonly key: string;
  readonly type: string;
  /** All of them; more than one only of pieces. */
  readonly frames: readonly EventFrame[];
}

export function eventRows(frames: readonly EventFrame[], type: string | null): readonly EventRow[] {
  const rows: { key: string; type: string; frames: EventFrame[] }[] = [];
  for (const frame of frames) {
    const { event_type: own } = frame.payload;
    if (type !== null && own !== type) continue;
    const last = rows.at(-1);
    if (type === null && last !== undefined && belongs(frame, last.frames[0]))
      last.frames.push(frame);
    else rows.push({ key: frame.id, type: own, frames: [frame] });
  }
  return rows;
}

function belongs({ payload }: EventFrame, first: EventFrame | undefined): boolean {
  return (
    payload.event_type === "step_progress" &&
    first?.payload.event_type === "step_progress" &&
    payload.step_id === first.payload.step_id
  );
}

/** How many there are of each type, in the order of their first. */
export function typesOf(frames: readonly EventFrame[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { payload } of frames)
    counts.set(payload.event_type, (counts.get(payload.event_type) ?? 0) + 1);
  return [...counts];
}

/** One line of JSON an event, as the server has sent them. */
export const asLines = (frames: readonly EventFrame[]): string =>
  frames.map(({ id, payload }) => `${JSON.stringify({ id, event: payload })}\n`).join("");
