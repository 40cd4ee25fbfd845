/**
 * Keeps what is known of an agent's sessions as it is on the server: another tab, another device or another node
 * may change them; and how the open one was seen. Draws nothing.
 */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";

import { followSessions } from "@/api/client";
import { keys } from "@/api/keys";
import { forgetSession, isAnyRunning, refreshSessions, storeSession } from "@/api/queries";
import type { Session, SessionChange } from "@/api/types";
import { isAwaited } from "@/components/awaited";
import { sawEnd } from "@/storage/seen";
import { EventStream } from "@/turn";

import { LookedAt } from "./looked-at";

interface Props {
  readonly agentId: string;
  readonly openId: string | null;
}

export function LiveSessions({ agentId, openId }: Props) {
  const client = useQueryClient();
  const hearOfRest = useEffectEvent(
    ({ event_type: type, session, turn_id: turnId }: SessionChange) => {
      if (type !== "turn_at_rest" || session === null || turnId === null) return;
      if (session.session_id === openId && !document.hidden) sawEnd(turnId);
      else tell(session, turnId).catch(() => undefined);
    },
  );
  useEffect(() => {
    let isFirst = true;
    const stream = new EventStream<SessionChange>({
      after: null,
      connect: (after, signal) => followSessions(agentId, after, signal),
      isEnd: () => false,
      onFrame: ({ payload }) => {
        takeChange(client, agentId, isFirst ? { ...payload, has_missed: true } : payload);
        isFirst = false;
        hearOfRest(payload);
      },
      isAwaited: () => isAwaited() && isAnyRunning(client, agentId),
      onConnection: () => undefined, // the lists stay as they are, and are asked for anew after it
    });
    stream.start();
    return () => stream.stop();
  }, [client, agentId]);
  return openId !== null && <LookedAt agentId={agentId} sessionId={openId} />;
}

/** A word about an answer that cannot be told is not worth one itself: the list shows it. */
async function tell(session: Session, turnId: string): Promise<void> {
  const { tellOfRest } = await import("./rested-turn");
  await tellOfRest(session, turnId);
}

/**
 * Bring the caches up to what has changed. Whoever follows for the first time has missed what happened since the lists
 * were asked for.
 */
export function takeChange(client: QueryClient, agentId: string, change: SessionChange): void {
  const { event_type: type, session, session_id: sessionId } = change;
  if (type === "following") {
    if (change.has_missed) void refreshSessions(client, agentId);
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
