/**
 * Every message that is on its way, across reloads and tabs.
 *
 * The rules it keeps: what was sent once is never lost and never doubled (each entry has one
 * Idempotency-Key for all its tries, and is stored before it is sent); the messages of one session
 * go out one after the other, in the order they were written; of many tabs one sends.
 * Framework-free: its React face is `use-send.ts`.
 */
import { cancelTurn, createSession, retryTurn, startTurn } from "@/api/client";
import { type ApiError, isApiError } from "@/api/errors";
import { retryDelay } from "@/api/retry";
import type { FileAttachment, Session, Turn, UserMessage } from "@/api/types";
import { online, wait } from "@/api/wait";
import type { RecordStore } from "@/storage/record-store";

import { newKey } from "./new-key";
import {
  advance,
  isSignedOut,
  type OutboxEntry,
  type OutboxEvent,
  sendErrorOf,
} from "./outbox-entry";

/** The files of messages, on a way of their own. */
export interface FilesOnTheirWay {
  /** What the server calls a file, once it has it; throws an ApiError when it will not have it. */
  readonly done: (key: string) => Promise<FileAttachment>;
  /** Send it again if it failed, or if the server forgot it. */
  readonly retry: (key: string, isForgotten: boolean) => void;
}

export interface OutboxOptions {
  readonly records: RecordStore<OutboxEntry>;
  readonly files: FilesOnTheirWay;
  readonly onSession: (session: Session) => void;
  readonly onAccepted: (entry: OutboxEntry, turn: Turn) => void;
  /** Another tab has sent it: what the server has is newer than what is known here. */
  readonly onSentElsewhere: (entry: OutboxEntry) => void;
  readonly pause?: typeof wait;
}

interface SendOptions {
  readonly uploads?: readonly string[];
  readonly beside?: OutboxEntry["beside"];
  /** Of its own, unless it had one while it waited elsewhere. */
  readonly key?: string | undefined;
}

type Done = (entry: OutboxEntry) => void;

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #listeners = new Set<() => void>();
  readonly #sessionListeners = new Set<(session: Session) => void>();
  /** One chain of promises per lane: its messages go one after the other. */
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #done = new Map<string, Done[]>();
  /** Ends the waiting of an entry: to send it now, or to forget it. */
  readonly #wake = new Map<string, AbortController>();
  readonly #keyOf = new Map<string, string>();
  #entries: readonly OutboxEntry[] = [];

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** In the order it was written; what is accepted stays until it is `release`d. */
  readonly entries = (): readonly OutboxEntry[] => this.#entries;

  /** False while something would be lost with this page. */
  readonly isKept = (): boolean => this.#options.records.isDurable();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Hear of each session that a first message made, before its entry moves there. */
  readonly onSessionMade = (listener: (session: Session) => void): (() => void) => {
    this.#sessionListeners.add(listener);
    return () => this.#sessionListeners.delete(listener);
  };

  /** Take up what an earlier page, or another tab, has left; leave what another tab has done with. */
  async recover(): Promise<void> {
    const before = this.#entries;
    const stored = await this.#options.records.all();
    for (const { key } of before) {
      const entry = this.#find(key);
      const isKept = stored.some((other) => other.key === key);
      if (entry?.state === "failed_to_send" && !isKept) this.#leaveToOthers(entry);
    }
    const known = new Set(this.#entries.map((entry) => entry.key));
    const left = stored
      .filter((entry) => !known.has(entry.key) && !this.#isAccepted(entry.key))
      .map((entry): OutboxEntry => ({
        ...entry,
        uploads: (entry as Partial<OutboxEntry>).uploads ?? [], // of a page that had none
        beside: (entry as Partial<OutboxEntry>).beside ?? null,
        state: entry.state === "sending" || isSignedOut(entry) ? "queued" : entry.state,
      }))
      .sort((one, other) => one.createdAt - other.createdAt);
    this.#publish([...left, ...this.#entries]);
    for (const entry of left) if (entry.state !== "failed_to_send") this.#enqueue(entry);
  }

  /** Settles when the server has accepted the message, or it was given up or discarded. */
  send(
    agentId: string,
    sessionId: string | null,
    messages: readonly UserMessage[],
    { uploads = [], beside = null, key = newKey() }: SendOptions = {},
  ): Promise<OutboxEntry> {
    const entry: OutboxEntry = {
      key,
      agentId,
      sessionId,
      messages,
      uploads,
      beside,
      state: "queued",
      attempt: 0,
      retryAt: null,
      turnId: null,
      error: null,
      createdAt: Date.now(),
    };
    this.#publish([...this.#entries, entry]);
    const stored = this.#keep(entry);
    return new Promise((resolve) => {
      this.#done.set(entry.key, [resolve]);
      void stored.then(() => this.#enqueue(entry));
    });
  }

  /** Send it now: again after a failure, or without waiting any longer. */
  readonly retry = (key: string): void => {
    const entry = this.#find(key);
    if (entry?.state === "failed_to_send") {
      const isForgotten = entry.error?.code === "file_not_found";
      for (const upload of entry.uploads) this.#options.files.retry(upload, isForgotten);
      this.#enqueue(this.#advance(entry, { type: "retried" }));
    } else {
      this.#wake.get(key)?.abort("now");
    }
  };

  /** Somebody has signed in again: what was refused meanwhile is sent. */
  readonly goOn = (): void => {
    for (const entry of this.#entries) if (isSignedOut(entry)) this.retry(entry.key);
  };

  /** The turn that it became is on the screen: the entry has done its service. */
  readonly release = (key: string): void => {
    if (this.#find(key)?.state === "accepted") this.#remove(key);
  };

  /** The key under which a turn was sent from this page; undefined when it was not. */
  readonly keyOf = (turnId: string): string | undefined => this.#keyOf.get(turnId);

  /** Returns the entry that is no more; undefined when it is too late for that. */
  readonly discard = (key: string): OutboxEntry | undefined => {
    const entry = this.#find(key);
    if (entry === undefined || entry.state === "sending") return undefined;
    this.#remove(key);
    void this.#forget(key);
    this.#settle(entry);
    this.#wake.get(key)?.abort("never");
    return entry;
  };

  /**
   * Stop what is being sent: the turn that it becomes, as soon as that is known. Says how that ended:
   * what is accepted and still wanted could not be stopped.
   */
  readonly stop = (entry: OutboxEntry): Promise<OutboxEntry> => {
    this.#advanceKnown(entry, { type: "unwanted" });
    return new Promise((resolve) => {
      this.#done.set(entry.key, [...(this.#done.get(entry.key) ?? []), resolve]);
    });
  };

  #find(key: string): OutboxEntry | undefined {
    return this.#entries.find((entry) => entry.key === key);
  }

  #isAccepted(key: string): boolean {
    return [...this.#keyOf.values()].includes(key);
  }

  #enqueue(entry: OutboxEntry): void {
    const lane = laneOf(entry);
    const before = this.#lanes.get(lane) ?? Promise.resolve();
    const deliver = () => inOneTab(lane, () => this.#deliver(entry.key));
    this.#lanes.set(lane, before.then(deliver, deliver));
  }

  /** Bring one entry to its end, with as many tries as it takes. */
  async #deliver(key: string): Promise<void> {
    for (;;) {
      await online();
      const entry = this.#find(key);
      if (entry === undefined) return; // discarded
      if ((await this.#options.records.get(key)) === undefined) {
        this.#leaveToOthers(entry);
        return;
      }
      const whole = await this.#withFiles(entry);
      if (this.#find(key) === undefined) return; // discarded meanwhile
      if (whole.state !== "queued") {
        this.#settle(whole);
        return;
      }
      const sent = await this.#try(this.#advance(whole, { type: "sent" }));
      if (sent.state !== "queued") {
        this.#settle(sent);
        return;
      }
      await this.#patience(sent);
    }
  }

  /** The entry with its files as the server calls them; given up when it will not have one. */
  async #withFiles(entry: OutboxEntry): Promise<OutboxEntry> {
    if (entry.uploads.length === 0) return entry;
    try {
      const files = await Promise.all(entry.uploads.map((key) => this.#options.files.done(key)));
      return this.#advanceKnown(entry, { type: "uploaded", files });
    } catch (error) {
      if (!isApiError(error)) throw error;
      return this.#advanceKnown(entry, { type: "given_up", error: sendErrorOf(error) });
    }
  }

  async #try(entry: OutboxEntry): Promise<OutboxEntry> {
    try {
      const placed = await this.#withSession(entry);
      if (entry.sessionId === null && placed.isUnwanted === true)
        return this.#advance(placed, { type: "given_up", error: null }); // it has not gone out
      const sent = await handOver(placed);
      const isUnwanted = this.#find(entry.key)?.isUnwanted === true;
      const stopped = isUnwanted ? await stopTurn(placed.agentId, sent) : null;
      const turn = stopped ?? sent;
      const isStopped = stopped !== null;
      const accepted = this.#advance(placed, { type: "accepted", turnId: turn.turn_id, isStopped });
      this.#keyOf.set(turn.turn_id, accepted.key);
      this.#options.onAccepted(accepted, turn);
      await this.#forget(accepted.key); // before another tab may look
      return accepted;
    } catch (error) {
      if (!isApiError(error)) throw error;
      return this.#fail(this.#find(entry.key) ?? entry, error);
    }
  }

  #fail(entry: OutboxEntry, error: ApiError): OutboxEntry {
    const delay = entry.isUnwanted === true ? null : retryDelay(error, entry.attempt - 1);
    const problem = sendErrorOf(error);
    if (delay === null) return this.#advance(entry, { type: "given_up", error: problem });
    const retryAt = Date.now() + delay;
    return this.#advance(entry, { type: "postponed", error: problem, retryAt });
  }

  /** The first message makes the session; those written after it on the same screen go there too. */
  async #withSession(entry: OutboxEntry): Promise<OutboxEntry> {
    if (entry.sessionId !== null) return entry;
    const lane = laneOf(entry);
    const session = await createSession(entry.agentId, entry.key);
    this.#moveLane(lane, session.session_id);
    this.#options.onSession(session);
    for (const listener of this.#sessionListeners) listener(session);
    for (const waiting of this.#entries.filter((other) => laneOf(other) === lane)) {
      this.#advance(waiting, { type: "session_made", sessionId: session.session_id });
    }
    return this.#find(entry.key) ?? entry;
  }

  /** What is written to the new session goes after what waits for it already. */
  #moveLane(from: string, to: string): void {
    const lane = this.#lanes.get(from);
    if (lane !== undefined) this.#lanes.set(to, lane);
    this.#lanes.delete(from);
  }

  async #patience(entry: OutboxEntry): Promise<void> {
    const alarm = new AbortController();
    this.#wake.set(entry.key, alarm);
    try {
      await (this.#options.pause ?? wait)((entry.retryAt ?? 0) - Date.now(), alarm.signal);
    } catch {
      // woken: by `retry` or `discard`
    } finally {
      this.#wake.delete(entry.key);
    }
  }

  #advance(entry: OutboxEntry, event: OutboxEvent): OutboxEntry {
    const next = advance(entry, event);
    this.#publish(this.#entries.map((other) => (other.key === next.key ? next : other)));
    if (next.state !== "accepted") void this.#keep(next);
    return next;
  }

  /** What was discarded meanwhile stays so. */
  #advanceKnown(entry: OutboxEntry, event: OutboxEvent): OutboxEntry {
    const known = this.#find(entry.key);
    return known === undefined ? entry : this.#advance(known, event);
  }

  #remove(key: string): void {
    this.#publish(this.#entries.filter((entry) => entry.key !== key));
  }

  #leaveToOthers(entry: OutboxEntry): void {
    this.#remove(entry.key);
    this.#options.onSentElsewhere(entry);
  }

  #settle(entry: OutboxEntry): void {
    for (const done of this.#done.get(entry.key) ?? []) done(entry);
    this.#done.delete(entry.key);
  }

  async #keep(entry: OutboxEntry): Promise<void> {
    await this.#options.records.put(entry.key, entry);
    this.#tell();
  }

  async #forget(key: string): Promise<void> {
    await this.#options.records.delete(key);
    this.#tell();
  }

  #publish(entries: readonly OutboxEntry[]): void {
    this.#entries = entries;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

const laneOf = (entry: OutboxEntry) => entry.sessionId ?? `new ${entry.agentId}`;

function handOver({ agentId, sessionId, messages, key, beside }: OutboxEntry): Promise<Turn> {
  if (sessionId === null) throw new Error("a message was sent before its session was made");
  if (beside?.isRetry) return retryTurn({ agentId, sessionId, turnId: beside.turnId }, key);
  const place = beside && { parentTurnId: beside.parentTurnId };
  return startTurn({ agentId, sessionId, messages, key, ...place });
}

/** The turn as it was stopped; null when it could not be. */
const stopTurn = (agentId: string, { session_id: sessionId, turn_id: turnId }: Turn) =>
  cancelTurn({ agentId, sessionId, turnId }).catch(() => null);

/**
 * Of all tabs only this one now sends on this lane. Without Web Locks, or where the browser denies them (a frame on a
 * page of another site, say), each tab is on its own.
 */
async function inOneTab(lane: string, work: () => Promise<void>): Promise<void> {
  const locks = (navigator as Partial<Navigator>).locks;
  const begun = { is: false };
  const begin = () => {
    begun.is = true;
    return work();
  };
  try {
    if (locks !== undefined) await locks.request(`tertulia outbox ${lane}`, begin);
  } catch (error) {
    if (begun.is) throw error;
  }
  if (!begun.is) await work();
}
