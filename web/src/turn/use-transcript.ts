/**
 * What a session's screen shows, oldest first: its turns, then what is on its way to it.
 *
 * The rule it keeps: a row has one key from the moment its message is written. When the server has
 * accepted it the row becomes the turn, in its place: nothing flashes, nothing is there twice. Turns
 * beside one another have the same row by turns: whoever leafs through them stays where they are.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";

import type { Branch } from "@/api/pages";
import { refreshSession, storeTurn, useTurns } from "@/api/queries";
import type { Turn } from "@/api/types";

import type { Outbox } from "./outbox";
import type { OutboxEntry } from "./outbox-entry";
import { isAtRest } from "./turn-status";
import { outboxOf, useOutgoing } from "./use-send";
import { type LiveTurn, useLiveTurn } from "./use-turn";

interface Row {
  /** Of the place in the talk. */
  readonly key: string;
  /** Of the turn that stands there, from the moment its message is written. */
  readonly id: string;
}
export type TranscriptRow =
  | (Row & { readonly kind: "turn"; readonly turn: Turn; readonly siblings: readonly string[] })
  | (Row & { readonly kind: "outgoing"; readonly entry: OutboxEntry });

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

const NO_TURNS: Branch = { turns: [], siblings: {} };
const ALONE: readonly string[] = [];

export function useTranscript(agentId: string, sessionId: string | null): Transcript {
  const outbox = outboxOf(useQueryClient());
  const query = useTurns(agentId, sessionId);
  const branch = query.data ?? NO_TURNS;
  const outgoing = useOutgoing(agentId, sessionId);
  const rows = useMemo(() => rowsOf(branch, outgoing, outbox), [branch, outgoing, outbox]);
  const { turns } = branch;

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
  { turns, siblings }: Branch,
  outgoing: readonly OutboxEntry[],
  outbox: Outbox,
): readonly TranscriptRow[] {
  const shown = new Set(turns.map((turn) => turn.turn_id));
  const idOf = (turnId: string) => outbox.keyOf(turnId) ?? turnId;
  const rows: TranscriptRow[] = turns.map((turn) => {
    const beside = siblings[turn.turn_id] ?? ALONE;
    const key = idOf(beside[0] ?? turn.turn_id);
    return { key, id: idOf(turn.turn_id), kind: "turn", turn, siblings: beside };
  });
  for (const entry of outgoing) {
    if (entry.turnId !== null && shown.has(entry.turnId)) continue;
    const place = placeBeside(rows, entry);
    const key = rows[place]?.key ?? entry.key;
    rows.splice(place, Infinity, { key, id: entry.key, kind: "outgoing", entry });
  }
  return rows;
}

/** Where a message on its way stands: at the end, or in the place of the turn that it goes beside. */
function placeBeside(rows: readonly TranscriptRow[], { beside }: OutboxEntry): number {
  const place = rows.findIndex((row) => row.kind === "turn" && row.turn.turn_id === beside?.turnId);
  return place === -1 ? rows.length : place;
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
