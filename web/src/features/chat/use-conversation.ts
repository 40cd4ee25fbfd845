/**
 * What can be done in a talk, put together: sending and queueing, stopping, asking again.
 *
 * The rule it keeps: what is written while the agent works waits here until it has answered; when
 * it failed or was stopped, what waits goes on waiting until a person decides.
 */
import { useCallback, useMemo, useRef } from "react";

import type { Session } from "@/api/types";
import { t } from "@/i18n";
import type { TurnActions } from "@/renderers/turn-actions";
import type { Writing } from "@/storage";
import {
  isLimited,
  type OutboxEntry,
  removeFiles,
  type Sending,
  type Transcript,
  useDecideTurn,
  useIsKept,
  useSend,
  useTranscript,
} from "@/turn";

import type { ComposerHandle } from "./composer/composer";
import type { Transferred } from "./transfer";
import type { DeliveryActions } from "./transcript/delivery-note";
import { type Branches, useBranches } from "./use-branches";
import { useFreshTurns } from "./use-fresh-turns";
import { useLostSession } from "./use-lost-session";
import { type QueuedMessage, useQueue } from "./use-queue";
import { useQueueAdvance } from "./use-queue-advance";
import { useSessionId } from "./use-session-id";
import { useCalledOff, useStop } from "./use-stop";
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
  const send = useCallback(
    async ({ text, files }: Writing, key?: string) => {
      await sending.send({ role: "user", content: text }, files, key);
    },
    [sending],
  );
  const { branches, editedId } = useBranches(agentId, sessionId, sending);
  const isBusy = isWorking(transcript);
  const { stop, isStopping } = useStop(agentId, sessionId, transcript, sending);
  const queue = useQueue(sessionId);
  useQueueAdvance(queue, !isBusy && hasAnswered(transcript), send);
  useFreshTurns(agentId, sessionId, !isBusy);

  const deliveryActions = useDeliveryActions(sending, { takeBack, enqueue: queue.add, stop });
  useLostSession(agentId, sessionId, transcript.rows, deliveryActions.edit);
  useCalledOff(transcript.rows, deliveryActions.edit);

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
    else if (!isStopping) void stop();
  }, [rows, deliveryActions, stop, isStopping]);
  const onRecall = useCallback(() => {
    const last = rows.at(-1);
    if (last?.kind === "outgoing") deliveryActions.edit(last.entry);
    else if (last && !isBusy) branches.edit(last.turn);
  }, [rows, deliveryActions, branches, isBusy]);
  const dequeue = (id: string, then: (writing: QueuedMessage) => void) => {
    const writing = queue.take(id);
    if (writing) then(writing);
  };
  return {
    sessionId,
    transcript,
    send,
    isBusy,
    isUnkept: !useIsKept() && isWaiting(rows),
    branches,
    editedId,
    turnActions: useTurnActions(agentId, sending, branches),
    deliveryActions,
    queue: {
      items: queue.items,
      move: queue.move,
      edit: (id: string) => dequeue(id, takeBack),
      remove: (id: string) => dequeue(id, ({ files }) => removeFiles(files)),
      sendNow: (id: string) =>
        dequeue(
          id,
          (writing) =>
            void stop(openIn(transcript) ?? undefined).then(() => send(writing, writing.id)),
        ),
    },
    attach: (dropped: Transferred) => composer.current?.attach(dropped),
    composer: {
      ref: composer,
      isBusy,
      isStopping,
      takesBack: lastWaiting(rows) !== undefined,
      limited: limitedIn(rows),
      onSend,
      onStop,
      onTakeBack: deliveryActions.edit,
      onRecall,
    },
  };
}

export type Conversation = ReturnType<typeof useConversation>;

/** Is there a message here that nobody is handing to the server at this moment? */
function isWaiting(rows: Transcript["rows"]): boolean {
  return rows.some(
    (row) =>
      row.kind === "outgoing" &&
      (row.entry.state === "queued" || row.entry.state === "failed_to_send"),
  );
}

/** Does the agent work, or is something on its way to it? */
function isWorking({ liveTurnId, rows }: Transcript): boolean {
  const isSending = rows.some(
    (row) => row.kind === "outgoing" && row.entry.state !== "failed_to_send",
  );
  return liveTurnId !== null || isSending;
}

/** The turn that has not ended: it runs, or waits for a decision. */
function openIn({ liveTurnId, rows }: Transcript): string | null {
  const last = rows.at(-1);
  const isWaiting = last?.kind === "turn" && last.turn.status === "awaiting_input";
  return isWaiting ? last.turn.turn_id : liveTurnId;
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

/** The message that goes out again when the server takes more: the first, those after it wait for it. */
function limitedIn(rows: Transcript["rows"]): OutboxEntry | undefined {
  const row = rows.find((each) => each.kind === "outgoing" && isLimited(each.entry));
  return row?.kind === "outgoing" ? row.entry : undefined;
}

function useTurnActions(agentId: string, sending: Sending, { retry }: Branches): TurnActions {
  const { mutateAsync: decide } = useDecideTurn(agentId);
  return useMemo(
    () => ({
      retry,
      goOn: () => void sending.send({ role: "user", content: t("turn.continueMessage") }),
      decide: (turn, callId, decision) => decide({ turn, callId, decision }),
    }),
    [decide, sending, retry],
  );
}

interface Elsewhere {
  /** Into the composer. */
  readonly takeBack: (writing: Writing) => void;
  readonly enqueue: (writing: Writing) => void;
  readonly stop: (turnId?: string | null) => Promise<boolean>;
}

function useDeliveryActions(
  { retry, takeBack: takeBackEntry, discard }: Sending,
  { takeBack, enqueue, stop }: Elsewhere,
): DeliveryActions {
  return useMemo(() => {
    const move = (to: (writing: Writing) => void) => (entry: OutboxEntry) => {
      if (takeBackEntry(entry.key)) to(writingOf(entry));
    };
    return {
      retry,
      discard,
      edit: move(takeBack),
      enqueue: move(enqueue),
      sendInstead: (entry) =>
        void stop(entry.error?.turnId).then((isStopped) => {
          if (isStopped) retry(entry.key);
        }),
    };
  }, [retry, takeBackEntry, discard, takeBack, enqueue, stop]);
}
