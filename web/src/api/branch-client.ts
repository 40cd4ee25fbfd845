/** What is done with turns now and then, as functions. See `client.ts` for the rules. */
import { server, SESSION, type TurnPlace, turnPath, valueOf } from "./client";
import type { Feedback, Session } from "./types";

/** A session of its own that goes on from a turn: with the same agent, or with another one. */
export const forkSession = ({ agentId, sessionId, turnId }: TurnPlace, toAgent?: string) =>
  valueOf<Session>(
    server.POST(`${SESSION}/fork`, {
      params: { path: { agent_id: agentId, session_id: sessionId } },
      body: { turn_id: turnId, ...(toAgent !== undefined && { agent_id: toAgent }) },
    }),
  );

/** A session of its own with all that was said in another one and has ended. */
export const duplicateSession = (agentId: string, sessionId: string, name: string) =>
  valueOf<Session>(
    server.POST(`${SESSION}/fork`, {
      params: { path: { agent_id: agentId, session_id: sessionId } },
      body: { session_name: name },
    }),
  );

/** Delete a turn and all that come after it. */
export const deleteTurn = (place: TurnPlace) =>
  valueOf<undefined>(
    server.DELETE(`${SESSION}/turn/{turn_id}`, { params: { path: turnPath(place) } }),
  );

/** Say what one thinks of a turn; null takes it back. */
export const rateTurn = (place: TurnPlace, feedback: Feedback | null) => {
  const path = `${SESSION}/turn/{turn_id}/feedback` as const;
  const params = { path: turnPath(place) };
  return feedback === null
    ? valueOf<undefined>(server.DELETE(path, { params }))
    : valueOf<Feedback>(server.PUT(path, { params, body: feedback }));
};
