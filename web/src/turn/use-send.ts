/** Sending from React: the outbox of the page, wired to the cache of server state. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useEffectEvent, useMemo, useSyncExternalStore } from "react";

import { keys } from "@/api/keys";
import { hear } from "@/api/line";
import { addTurn, beginTurns, refreshSession, storeSession } from "@/api/queries";
import type { UserMessage } from "@/api/types";
import { openRecords } from "@/storage/record-store";

import { filesOnTheirWay, removeFiles, withFiles } from "./files";
import { Outbox } from "./outbox";
import type { Beside, OutboxEntry } from "./outbox-entry";

const outboxes = new WeakMap<QueryClient, Outbox>();

/** The outbox belongs to the page, not to the screen that sends: it goes on when that is left. */
export function outboxOf(client: QueryClient): Outbox {
  const known = outboxes.get(client);
  if (known) return known;
  const outbox = new Outbox({
    records: openRecords<OutboxEntry>("outbox"),
    files: filesOnTheirWay,
    onSession: (session) => {
      storeSession(client, session);
      beginTurns(client, session);
    },
    onAccepted: (entry, turn) => {
      removeFiles(entry.uploads);
      void addTurn(client, entry.agentId, turn, entry.beside?.turnId);
      refreshSession(client, entry.agentId, turn.session_id); // it gets its name by its first message
    },
    onSentElsewhere: ({ agentId, sessionId }) => {
      refreshSession(client, agentId, sessionId ?? "");
      if (sessionId !== null) {
        void client.invalidateQueries({ queryKey: keys.turns(agentId, sessionId) });
      }
    },
  });
  outboxes.set(client, outbox);
  const recover = () => void outbox.recover();
  document.addEventListener("visibilitychange", recover);
  hear("back", outbox.goOn);
  recover();
  return outbox;
}

export interface Sending {
  /** Settles when the server has accepted the message, or it was given up. */
  readonly send: (
    message: UserMessage,
    files?: readonly string[],
    key?: string,
  ) => Promise<OutboxEntry>;
  /** Have a turn beside another one: with the same messages, or with others. */
  readonly sendBeside: (beside: Beside, messages: readonly UserMessage[]) => Promise<OutboxEntry>;
  readonly retry: (key: string) => void;
  /** Stop what is being sent, as soon as it is known what it becomes. */
  readonly stop: Outbox["stop"];
  /** Forget a message, but not its files: they are somebody's to write anew with. */
  readonly takeBack: (key: string) => OutboxEntry | undefined;
  /** Forget a message, and its files with it. */
  readonly discard: (key: string) => void;
}

/**
 * Send to a session; to null, a new one is made on the way and told to `onSession`, which goes
 * there: the message is on that screen then.
 */
export function useSend(
  agentId: string,
  sessionId: string | null,
  onSession?: (sessionId: string) => void,
): Sending {
  const outbox = outboxOf(useQueryClient());
  const tell = useEffectEvent((id: string) => onSession?.(id));
  useEffect(() => {
    if (sessionId !== null) return;
    return outbox.onSessionMade((session) => {
      if (session.agent_id === agentId) tell(session.session_id);
    });
  }, [outbox, agentId, sessionId]);

  const send = useCallback(
    async (message: UserMessage, files: readonly string[] = [], key?: string) => {
      // What is known of files may have to be looked up; a message without any is there at once.
      const whole = files.length === 0 ? message : await withFiles(message, files);
      return outbox.send(agentId, sessionId, [whole], { uploads: files, key });
    },
    [outbox, agentId, sessionId],
  );
  const sendBeside = useCallback(
    (beside: Beside, messages: readonly UserMessage[]) =>
      outbox.send(agentId, sessionId, messages, { beside }),
    [outbox, agentId, sessionId],
  );
  return useMemo(
    () => ({
      send,
      sendBeside,
      retry: outbox.retry,
      stop: outbox.stop,
      takeBack: outbox.discard,
      discard: (key) => removeFiles(outbox.discard(key)?.uploads ?? []),
    }),
    [outbox, send, sendBeside],
  );
}

/** Would what is on its way outlive this page? */
export function useIsKept(): boolean {
  const outbox = outboxOf(useQueryClient());
  return useSyncExternalStore(outbox.subscribe, outbox.isKept);
}

/** What is on its way to a session, oldest first. */
export function useOutgoing(agentId: string, sessionId: string | null): readonly OutboxEntry[] {
  const outbox = outboxOf(useQueryClient());
  const entries = useSyncExternalStore(outbox.subscribe, outbox.entries);
  return useMemo(
    () => entries.filter((entry) => entry.agentId === agentId && entry.sessionId === sessionId),
    [entries, agentId, sessionId],
  );
}
