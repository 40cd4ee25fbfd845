/** What only who looks into a turn asks for. See `client.ts` for the rules. */
import { server, SESSION, type TurnPlace, turnPath, until, valueOf } from "./client";
import type { StepRequest, Turn } from "./types";

export const getTurn = (place: TurnPlace, signal?: AbortSignal) =>
  valueOf<Turn>(
    server.GET(`${SESSION}/turn/{turn_id}`, {
      params: { path: turnPath(place) },
      ...until(signal),
    }),
    signal,
  );

const MESSAGES = 20;

/** A page of what the model was asked in a step: its last messages, or those before a cursor. */
export const getStepRequest = (
  place: TurnPlace,
  stepId: string,
  cursor: string | null,
  signal?: AbortSignal,
) =>
  valueOf<StepRequest>(
    server.GET(`${SESSION}/turn/{turn_id}/step/{step_id}/request`, {
      params: {
        path: { ...turnPath(place), step_id: stepId },
        query: { limit: MESSAGES, ...(cursor !== null && { cursor }) },
      },
      ...until(signal),
    }),
    signal,
  );
