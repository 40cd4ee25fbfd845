/** What is done with branches now and then, as functions. See `client.ts` for the rules. */
import { server, SESSION, type TurnPlace, turnPath, valueOf } from "./client";
import type { Session } from "./types";

/** A session of its own that goes on from a turn. */
export const forkSession = ({ agentId, sessionId, turnId }: TurnPlace) =>
  valueOf<Session>(
    server.POST(`${SESSION}/fork`, {
      params: { path: { agent_id: agentId, session_id: sessionId } },
      body: { turn_id: turnId },
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
