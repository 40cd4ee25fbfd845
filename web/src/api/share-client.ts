/** The server's endpoints of links to sessions, as functions. See `client.ts` for the rules. */
import { asBody, SESSION, server, until, valueOf } from "./client";
import type { CreateShare, NewShare, Session, Share, SharedSession, SharePage } from "./types";

const PAGE = 50;

export interface SessionPlace {
  readonly agentId: string;
  readonly sessionId: string;
}

const pathOf = ({ agentId, sessionId }: SessionPlace) => ({
  agent_id: agentId,
  session_id: sessionId,
});

export const createShare = (place: SessionPlace, share: CreateShare) =>
  valueOf<NewShare>(
    server.POST(`${SESSION}/share`, { params: { path: pathOf(place) }, body: asBody(share) }),
  );

/** A page of the links to a session, or of all that one has made; newest first. */
export function listShares(
  place: SessionPlace | null,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<SharePage> {
  const query = { limit: PAGE, ...(cursor !== null && { cursor }) };
  return valueOf<SharePage>(
    place === null
      ? server.GET("/v1/shares", { params: { query }, ...until(signal) })
      : server.GET(`${SESSION}/shares`, {
          params: { path: pathOf(place), query },
          ...until(signal),
        }),
    signal,
  );
}

export const revokeShare = ({ agent_id, session_id, share_id }: Share) =>
  valueOf<undefined>(
    server.DELETE(`${SESSION}/share/{share_id}`, {
      params: { path: { agent_id, session_id, share_id } },
    }),
  );

/** A page of what a link shows, oldest first. It takes no account. */
export const getShared = (token: string, cursor: string | null, signal?: AbortSignal) =>
  valueOf<SharedSession>(
    server.GET("/v1/shared/{token}", {
      params: {
        path: { token },
        query: { limit: PAGE, ...(cursor !== null && { cursor }) },
      },
      ...until(signal),
    }),
    signal,
  );

/** A session of one's own that begins with what a link shows. */
export const forkShared = (token: string, agentId: string) =>
  valueOf<Session>(
    server.POST("/v1/shared/{token}/fork", {
      params: { path: { token } },
      body: { agent_id: agentId },
    }),
  );
