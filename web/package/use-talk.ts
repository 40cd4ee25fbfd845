/** A talk: what was said, what is on its way, and what can be done. */
import { useCallback, useMemo } from "react";

import { useCancelTurn, useDecideTurn } from "@/api/queries";
import type { Turn, UserMessage } from "@/api/types";
import type { TurnActions } from "@/renderers/turn-actions";
import type { Connection } from "@/turn/event-stream";
import { useSend } from "@/turn/use-send";
import { type TranscriptRow, useTranscript } from "@/turn/use-transcript";

export interface Talk {
  /** Oldest first. A row keeps its `key` from the moment its message is written. */
  readonly rows: readonly TranscriptRow[];
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly hasOlder: boolean;
  readonly loadOlder: () => void;
  /** A turn runs, or a message is on its way. */
  readonly isBusy: boolean;
  readonly connection: Connection;
  readonly send: (text: string) => void;
  readonly stop: () => void;
  /** Try again to send a message that did not arrive, by its row's `entry.key`; or forget it. */
  readonly retrySending: (key: string) => void;
  readonly discard: (key: string) => void;
  /** For `TurnRenderer`. */
  readonly actions: TurnActions;
}

/** `onSession` is called with the session that a first message has made: show that one from then on. */
export function useTalk(
  agentId: string,
  sessionId: string | null,
  onSession: (sessionId: string) => void,
): Talk {
  const transcript = useTranscript(agentId, sessionId);
  const { send: sendMessage, sendBeside, retry, discard } = useSend(agentId, sessionId, onSession);
  const { mutate: cancel } = useCancelTurn(agentId, sessionId ?? "");
  const { mutateAsync: decide } = useDecideTurn(agentId);
  const send = useCallback(
    (content: string) => void sendMessage({ role: "user", content }),
    [sendMessage],
  );
  const actions = useMemo(
    (): TurnActions => ({
      retry: ({ turn_id: turnId, parent_turn_id: parentTurnId, input_messages: said }) =>
        void sendBeside({ turnId, parentTurnId, isRetry: true }, said.filter(isOfUser)),
      goOn: () => send("Continue."),
      decide: (turn, callId, decision) => decide({ turn, callId, decision }),
    }),
    [send, sendBeside, decide],
  );
  const { rows, isPending, error, hasOlder, loadOlder, connection, liveTurnId } = transcript;
  const isSending = rows.some(
    (row) => row.kind === "outgoing" && row.entry.state !== "failed_to_send",
  );
  const stop = () => {
    if (liveTurnId !== null) cancel(liveTurnId);
  };
  return {
    ...{ rows, isPending, error, hasOlder, loadOlder, connection },
    isBusy: liveTurnId !== null || isSending,
    ...{ send, stop, retrySending: retry, discard, actions },
  };
}

const isOfUser = (message: Turn["input_messages"][number]): message is UserMessage =>
  message.role === "user";
