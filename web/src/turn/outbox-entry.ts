/**
 * A message on its way to the server, and what may happen to it.
 *
 *   queued ──► sending ──► accepted             from here on the turn's own status counts
 *     ▲  ▲        │                            queued: until its files are with the server, too
 *     │  └────────┤ trouble that passes: queued again, until `retryAt`
 *     └─ retry ── failed_to_send                the server refused, or did not answer often enough
 *
 * The rule it keeps: pure, and total over `EVENTS`; an event that the table does not know changes
 * nothing, so a late answer cannot revive what was given up.
 */
import { type ApiError, SIGNED_OUT } from "@/api/errors";
import type { FieldError, FileAttachment, UserMessage } from "@/api/types";

export type SendState = "queued" | "sending" | "accepted" | "failed_to_send";

/** An ApiError as it can be stored. */
export interface SendError {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly requestId: string | null;
  readonly fieldErrors: readonly FieldError[];
  /** The turn that stands in the way. */
  readonly turnId: string | null;
  /** May the same message, under the same key, succeed later? */
  readonly isRetryable: boolean;
}

/** The turn that another one is to stand beside: another try of it, or its message in other words. */
export interface Beside {
  readonly turnId: string;
  /** What both come after; null when that is nothing. */
  readonly parentTurnId: string | null;
  readonly isRetry: boolean;
}

export interface OutboxEntry {
  /** The Idempotency-Key: however often it is sent, it becomes one turn. */
  readonly key: string;
  readonly agentId: string;
  /** Null until there is a session: the first message makes it. */
  readonly sessionId: string | null;
  readonly messages: readonly UserMessage[];
  /** The keys of its files: they go up to the server first (see `uploads.ts`). */
  readonly uploads: readonly string[];
  /** Null when it goes on from the newest turn. */
  readonly beside: Beside | null;
  readonly state: SendState;
  /** How often it was sent since somebody last asked for it. */
  readonly attempt: number;
  /** When it is sent again (epoch ms); null when it only waits for those before it. */
  readonly retryAt: number | null;
  readonly turnId: string | null;
  /** What went wrong last. */
  readonly error: SendError | null;
  readonly createdAt: number;
  /** Somebody wants it stopped: what comes of it is, and it is not sent once more. */
  readonly isUnwanted?: boolean;
}

export type OutboxEvent =
  | { readonly type: "uploaded"; readonly files: readonly FileAttachment[] }
  | { readonly type: "sent" }
  | { readonly type: "session_made"; readonly sessionId: string }
  | { readonly type: "unwanted" }
  | { readonly type: "accepted"; readonly turnId: string; readonly isStopped?: boolean }
  | { readonly type: "postponed"; readonly error: SendError; readonly retryAt: number }
  | { readonly type: "given_up"; readonly error: SendError | null }
  | { readonly type: "retried" };

const EVENTS: Readonly<Record<SendState, readonly OutboxEvent["type"][]>> = {
  queued: ["uploaded", "sent", "session_made", "given_up", "retried"],
  sending: ["session_made", "unwanted", "accepted", "postponed", "given_up"],
  accepted: [],
  failed_to_send: ["session_made", "retried"],
};

/** The entry after the event; the same one when the event cannot happen to it. */
export function advance(entry: OutboxEntry, event: OutboxEvent): OutboxEntry {
  return EVENTS[entry.state].includes(event.type) ? applied(entry, event) : entry;
}

function applied(entry: OutboxEntry, event: OutboxEvent): OutboxEntry {
  switch (event.type) {
    case "uploaded":
      return { ...entry, messages: withFiles(entry.messages, event.files) };
    case "sent":
      return { ...entry, state: "sending", attempt: entry.attempt + 1, retryAt: null };
    case "session_made":
      return { ...entry, sessionId: event.sessionId };
    case "unwanted":
      return { ...entry, isUnwanted: true };
    case "accepted":
      return {
        ...entry,
        state: "accepted",
        turnId: event.turnId,
        error: null,
        isUnwanted: event.isStopped === true,
      };
    case "postponed":
      return { ...entry, state: "queued", error: event.error, retryAt: event.retryAt };
    case "given_up":
      return { ...entry, state: "failed_to_send", error: event.error, retryAt: null };
    case "retried":
      return {
        ...entry,
        state: "queued",
        attempt: 0,
        error: null,
        retryAt: null,
        isUnwanted: false,
      };
    default:
      event satisfies never;
      return entry;
  }
}

/** The files belong to the first message; a message that says the same stays the same value. */
function withFiles(
  messages: readonly UserMessage[],
  files: readonly FileAttachment[],
): readonly UserMessage[] {
  const [first, ...rest] = messages;
  const known = first?.files?.map((file) => file.file_id).join() ?? "";
  if (first === undefined || known === files.map((file) => file.file_id).join()) return messages;
  return [{ ...first, files }, ...rest];
}

/** An ApiError as it can be stored. A refused message does not get better by sending it again. */
export function sendErrorOf(error: ApiError): SendError {
  const { status, code, title, detail, requestId, fieldErrors, turnId } = error;
  const isRetryable = mayPass(error);
  return { status, code, title, detail, requestId, fieldErrors, turnId, isRetryable };
}

/** Did it fail only because nobody had signed in? */
export const isSignedOut = (entry: OutboxEntry) =>
  entry.state === "failed_to_send" && entry.error?.code === SIGNED_OUT;

/** Was it to be stopped, and never came so far? Then it is somebody's to write anew. */
export const isCalledOff = ({ state, isUnwanted }: OutboxEntry) =>
  state === "failed_to_send" && isUnwanted === true;

/** Does it wait because the server takes no more for now? While it is tried again that is not known yet. */
export const isLimited = ({ state, error }: OutboxEntry) =>
  error?.status === 429 && (state === "queued" || state === "sending");

/** Trouble of the server or the line passes, and so does a session that is busy; one can sign in again. */
const mayPass = ({ status, code }: ApiError) =>
  status === 0 ||
  status === 429 ||
  status >= 500 ||
  code === SIGNED_OUT ||
  code === "session_busy" ||
  code === "turn_awaiting_input";
