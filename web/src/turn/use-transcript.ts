/**
 * What a session's screen shows, oldest first: its turns, then what is on its way to it.
 *
 * The rule it keeps: a row has one key from the moment its message is written. When the server has
 * accepted it the row becomes the turn, in its place: nothing flashes, nothing is there twice.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";

import { refreshSession, storeTurn, useTurns } from "@/api/queries";
import type { Turn } from "@/api/types";

import type { Outbox } from "./outbox";
import type { OutboxEntry } from "./outbox-entry";
import { isAtRest } from "./turn-status";
import { outboxOf, useOutgoing } from "./use-send";
import { type LiveTurn, useLiveTurn } from "./use-turn";

export type TranscriptRow =
  | { readonly key: string; readonly kind: "turn"; readonly turn: Turn }
  | { readonly key: string; readonly kind: "outgoing"; readonly entry: OutboxEntry };

export interface Transcript extends LiveTurn {
  readonly rows: readonly TranscriptRow[];
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
  readonly loadOlder: () => void;
  readonly refetch: () => void;
  /** The turn that runs, or waits to; null when all rest. */
  readonly liveTurnId: string | null;
}

const NO_TURNS: readonly Turn[] = [];

export function useTranscript(agentId: string, sessionId: string | null): Transcript {
  const outbox = outboxOf(useQueryClient());
  const query = useTurns(agentId, sessionId);
  const turns = query.data ?? NO_TURNS;
  const outgoing = useOutgoing(agentId, sessionId);
  const rows = useMemo(() => rowsOf(turns, outgoing, outbox), [turns, outgoing, outbox]);

  useEffect(() => {
    const shown = new Set(turns.map((turn) => turn.turn_id));
    for (const { key, turnId } of outgoing) if (turnId && shown.has(turnId)) outbox.release(key);
  }, [turns, outgoing, outbox]);

  const live = turns.find((turn) => !isAtRest(turn)) ?? null;
  const keeping = useKeeping(agentId, sessionId ?? "");
  const { connection, reconnectNow } = useLiveTurn(
    { agentId, sessionId: sessionId ?? "", ...keeping },
    live,
  );

  return {
    rows,
    isPending: sessionId !== null && query.isPending,
    error: query.error,
    hasOlder: query.hasNextPage,
    isLoadingOlder: query.isFetchingNextPage,
    loadOlder: () => void query.fetchNextPage(),
    refetch: () => void query.refetch(),
    liveTurnId: live?.turn_id ?? null,
    connection,
    reconnectNow,
  };
}

function rowsOf(
  turns: readonly Turn[],
  outgoing: readonly OutboxEntry[],
  outbox: Outbox,
): readonly TranscriptRow[] {
  const shown = new Set(turns.map((turn) => turn.turn_id));
  const waiting = outgoing.filter(({ turnId }) => turnId === null || !shown.has(turnId));
  return [
    ...turns.map((turn): TranscriptRow => {
      return { key: outbox.keyOf(turn.turn_id) ?? turn.turn_id, kind: "turn", turn };
    }),
    ...waiting.map((entry): TranscriptRow => ({ key: entry.key, kind: "outgoing", entry })),
  ];
}

/** What a live turn leaves behind: its state in the cache; at rest also fresh facts of the session. */
function useKeeping(agentId: string, sessionId: string) {
  const client = useQueryClient();
  const keep = useCallback((turn: Turn) => storeTurn(client, agentId, turn), [client, agentId]);
  const onRest = useCallback(
    (turn: Turn) => {
      keep(turn);
      refreshSession(client, agentId, sessionId);
    },
    [client, keep, agentId, sessionId],
  );
  return { keep, onRest };
}
