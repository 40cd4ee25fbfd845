/**
 * Keeps what is known of an agent's sessions as it is on the server: another tab, another device or another node
 * may change them. Draws nothing.
 */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { followSessions } from "@/api/client";
import { keys } from "@/api/keys";
import { forgetSession, storeSession } from "@/api/queries";
import type { SessionChange } from "@/api/types";
import { EventStream } from "@/turn";

export function LiveSessions({ agentId }: { readonly agentId: string }) {
  const client = useQueryClient();
  useEffect(() => {
    let isFirst = true;
    const stream = new EventStream<SessionChange>({
      after: null,
      connect: (after, signal) => followSessions(agentId, after, signal),
      isEnd: () => false,
      onFrame: ({ payload }) => {
        takeChange(client, agentId, isFirst ? { ...payload, has_missed: true } : payload);
        isFirst = false;
      },
      onConnection: () => undefined, // the lists stay as they are, and are asked for anew after it
    });
    stream.start();
    return () => stream.stop();
  }, [client, agentId]);
  return null;
}

/**
 * Bring the caches up to what has changed. Whoever follows for the first time has missed what happened since the lists
 * were asked for.
 */
export function takeChange(client: QueryClient, agentId: string, change: SessionChange): void {
  const { event_type: type, session, session_id: sessionId } = change;
  if (type === "following") {
    if (change.has_missed) void client.invalidateQueries({ queryKey: keys.sessionLists(agentId) });
  } else if (session !== null) {
    storeSession(client, session);
    if (change.turn_id !== null) refreshTurns(client, agentId, session.session_id);
  } else if (sessionId !== null) {
    forgetSession(client, agentId, sessionId);
  }
}

/** The page that shows a session asks for its newest turns; see `use-fresh-turns.ts`. */
const refreshTurns = (client: QueryClient, agentId: string, sessionId: string) =>
  void client.invalidateQueries({ queryKey: keys.newestTurns(agentId, sessionId) });
