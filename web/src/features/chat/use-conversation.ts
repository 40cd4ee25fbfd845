/**
 * What can be done in a talk, put together: sending and queueing, stopping, asking again.
 *
 * The rule it keeps: what is written while the agent works waits here until it has answered; when
 * it failed or was stopped, what waits goes on waiting until a person decides.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";

import { keys } from "@/api/keys";
import type { Session, Turn } from "@/api/types";
import { t } from "@/i18n";
import { againOf, textOf } from "@/renderers/message-text";
import type { TurnActions } from "@/renderers/turn-actions";
import type { Writing } from "@/storage";
import {
  type OutboxEntry,
  removeFiles,
  type Sending,
  type Transcript,
  useDecideTurn,
  useSend,
  useTranscript,
} from "@/turn";

import type { ComposerHandle } from "./composer/composer";
import type { Transferred } from "./transfer";
import type { DeliveryActions } from "./transcript/delivery-note";
import { turnOf } from "./transcript/row";
import { useFreshTurns } from "./use-fresh-turns";
import { useLostSession } from "./use-lost-session";
import { useQueue } from "./use-queue";
import { useQueueAdvance } from "./use-queue-advance";
import { useSessionId } from "./use-session-id";
import { useStop } from "./use-stop";
import { writingOf } from "./writing";

export function useConversation(
  agentId: string,
  session: Session | null,
  onSessionCreated: (sessionId: string) => void,
) {
  const [sessionId, onMade] = useSessionId(session, onSessionCreated);
  const transcript = useTranscript(agentId, sessionId);
  const sending = useSend(agentId, sessionId, onMade);
  const composer = useRef<ComposerHandle>(null);
  const takeBack = useCallback((writing: Writing) => composer.current?.takeBack(writing), []);
  const send = useSender(agentId, sending);
  const isBusy = isWorking(transcript);
  const { stop, isStopping } = useStop(agentId, sessionId, transcript.liveTurnId);
  const queue = useQueue(sessionId);
  useQueueAdvance(queue, !isBusy && hasAnswered(transcript), send);
  useFreshTurns(agentId, sessionId, !isBusy);

  const deliveryActions = useDeliveryActions(sending, takeBack);
  useLostSession(agentId, sessionId, transcript.rows, deliveryActions.edit);

  const { rows } = transcript;
  const onSend = useCallback(
    (writing: Writing) => {
      if (isBusy) queue.add(writing);
      else void send(writing);
    },
    [isBusy, queue, send],
  );
  /** What has not even reached the agent is taken back instead. */
  const onStop = useCallback(() => {
    const waiting = lastWaiting(rows);
    if (waiting) deliveryActions.edit(waiting);
    else void stop();
  }, [rows, deliveryActions, stop]);
  const recall = useCallback(() => lastText(rows), [rows]);
  const dequeue = (id: string, then: (writing: Writing) => void) => {
    const writing = queue.take(id);
    if (writing) then(writing);
  };
  return {
    sessionId,
    transcript,
    send,
    turnActions: useTurnActions(agentId, sending),
    deliveryActions,
    queue: {
      items: queue.items,
      edit: (id: string) => dequeue(id, takeBack),
      remove: (id: string) => dequeue(id, ({ files }) => removeFiles(files)),
      sendNow: (id: string) => dequeue(id, (writing) => void stop().then(() => send(writing))),
    },
    attach: (dropped: Transferred) => composer.current?.attach(dropped),
    composer: { ref: composer, isBusy, isStopping, onSend, onStop, recall },
  };
}

export type Conversation = ReturnType<typeof useConversation>;

/** Does the agent work, or is something on its way to it? */
function isWorking({ liveTurnId, rows }: Transcript): boolean {
  const isSending = rows.some(
    (row) => row.kind === "outgoing" && row.entry.state !== "failed_to_send",
  );
  return liveTurnId !== null || isSending;
}

/** Did the last turn end with an answer? */
function hasAnswered({ rows }: Transcript): boolean {
  const last = rows.at(-1);
  return last?.kind === "turn" && last.turn.status === "completed";
}

/** The last message that the server was not asked to take yet, or has to be asked again. */
function lastWaiting(rows: Transcript["rows"]): OutboxEntry | undefined {
  return rows
    .flatMap((row) => (row.kind === "outgoing" ? [row.entry] : []))
    .findLast((entry) => entry.state === "queued");
}

function lastText(rows: Transcript["rows"]): string {
  const last = rows.at(-1);
  const messages = last ? turnOf(last).input_messages : [];
  return textOf(messages.findLast((message) => message.role === "user")?.content ?? "");
}

/** Sends what was written; settles once the server has it. A session gets its name by its first. */
function useSender(agentId: string, sending: Sending): (writing: Writing) => Promise<void> {
  const client = useQueryClient();
  return useCallback(
    async ({ text, files }: Writing) => {
      const { sessionId } = await sending.send({ role: "user", content: text }, files);
      if (sessionId === null) return;
      const queryKey = keys.session(agentId, sessionId);
      await client.invalidateQueries({ queryKey, exact: true });
    },
    [client, agentId, sending],
  );
}

function useTurnActions(agentId: string, sending: Sending): TurnActions {
  const { mutateAsync: decide } = useDecideTurn(agentId);
  return useMemo(
    () => ({
      retry: (turn: Turn) => {
        const message = turn.input_messages.findLast((one) => one.role === "user");
        if (message) void sending.send(againOf(message));
      },
      goOn: () => void sending.send({ role: "user", content: t("turn.continueMessage") }),
      decide: (turn, callId, decision) => decide({ turn, callId, decision }),
    }),
    [decide, sending],
  );
}

function useDeliveryActions(
  { retry, takeBack: takeBackEntry, discard }: Sending,
  takeBack: (writing: Writing) => void,
): DeliveryActions {
  return useMemo(
    () => ({
      retry,
      discard,
      edit: (entry: OutboxEntry) => {
        if (takeBackEntry(entry.key)) takeBack(writingOf(entry));
      },
    }),
    [retry, takeBackEntry, discard, takeBack],
  );
}
