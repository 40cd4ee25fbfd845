/** React's view of the turns that move. */
import { useCallback, useEffect, useEffectEvent, useMemo, useSyncExternalStore } from "react";

import { newest } from "@/api/event-id";
import type { Turn } from "@/api/types";

import type { Connection } from "./event-stream";
import { Follower, type FollowerOptions } from "./follower";
import { turnStore } from "./turn-store";

/** A turn as it is on the screen: one that runs has got further than what lists know of it. */
export const turnAsShown = (snapshot: Turn): Turn =>
  newest(snapshot, turnStore.read(snapshot.turn_id));

/** The newest state of a turn. Whoever calls this is drawn anew for this turn only, once a frame. */
export function useTurn(snapshot: Turn): Turn {
  const { turn_id: turnId } = snapshot;
  const subscribe = useCallback(
    (listener: () => void) => turnStore.subscribe(turnId, listener),
    [turnId],
  );
  return newest(
    snapshot,
    useSyncExternalStore(subscribe, () => turnStore.read(turnId)),
  );
}

/** What a running tool has put out so far; its reader is drawn anew for it alone. */
export function useLiveOutput(turnId: string, stepId: string): string {
  const { output } = turnStore;
  const subscribe = useCallback(
    (listener: () => void) => output.subscribe(stepId, listener),
    [output, stepId],
  );
  return useSyncExternalStore(subscribe, () => output.read(turnId, stepId));
}

export interface LiveTurn {
  readonly connection: Connection;
  readonly reconnectNow: () => void;
}

/** Follow a turn of a session for as long as it is shown; null follows nothing. */
export function useLiveTurn(
  { agentId, sessionId, keep, onRest }: Omit<FollowerOptions, "store">,
  turn: Turn | null,
): LiveTurn {
  const follower = useMemo(
    () => new Follower({ agentId, sessionId, keep, onRest, store: turnStore }),
    [agentId, sessionId, keep, onRest],
  );
  const turnId = turn?.turn_id;
  const follow = useEffectEvent(() => {
    if (turn !== null) follower.follow(turn);
  });

  // Once per turn: a newer snapshot of the one that is followed has nothing new to say.
  useEffect(() => {
    if (turnId === undefined) return;
    follow();
    return () => follower.stop();
  }, [follower, turnId]);

  useEffect(() => () => follower.leave(), [follower]);

  const connection = useSyncExternalStore(follower.subscribe, follower.connection);
  return { connection, reconnectNow: follower.reconnectNow };
}
