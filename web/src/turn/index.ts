/** Turns: the fold, the live state, the way of a message to the server. */
export { type Connection, EventStream } from "./event-stream";
export { isCalledOff, isLimited } from "./outbox-entry";
export type { Beside, OutboxEntry, SendError, SendState } from "./outbox-entry";
export { currentStep, isAtRest } from "./turn-status";
export { removeFiles } from "./files";
export { type Sending, useIsKept, useOutgoing, useSend } from "./use-send";
export { type Transcript, type TranscriptRow, useTranscript } from "./use-transcript";
export { useLiveOutput, useTurn } from "./use-turn";
export { useCancelTurn, useDecideTurn } from "@/api/queries";
