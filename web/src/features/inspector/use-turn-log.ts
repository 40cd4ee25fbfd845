/** The log of a turn for who looks at it: read when it is needed, and as new as the turn is. */
import { useEffect, useMemo, useSyncExternalStore } from "react";

import { followTurn, type TurnPlace } from "@/api/client";
import { isNewer } from "@/api/event-id";
import type { Turn } from "@/api/types";
import { turnStore } from "@/turn/turn-store";

import { type LogState, TurnLog } from "./turn-log";

export interface ReadLog extends LogState {
  readonly readOn: () => void;
}

export function useTurnLog({ agentId, sessionId, turnId }: TurnPlace, turn: Turn): ReadLog {
  const log = useMemo(
    () => new TurnLog((after, signal) => followTurn({ agentId, sessionId, turnId }, after, signal)),
    [agentId, sessionId, turnId],
  );
  const state = useSyncExternalStore(log.subscribe, log.state);
  useEffect(() => {
    const end = turnStore.hear((id, frames, place) => {
      if (id === turnId) log.hear(frames, place);
    });
    return () => {
      end();
      log.close();
    };
  }, [log, turnId]);

  const upto = turn.last_event_id;
  const { isReading, hasMore, error } = state;
  useEffect(() => {
    const isBehind = log.lastId === null || (upto !== null && isNewer(upto, log.lastId));
    if (isBehind && !isReading && !hasMore && error === null) void log.read(upto);
  }, [log, upto, isReading, hasMore, error]);

  return { ...state, readOn: () => void log.read(upto) };
}
