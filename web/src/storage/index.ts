/** What this browser keeps: drafts and records. */
export { type Draft, draftKey, moveDraft, readDraft, useDraft, writeDraft } from "./draft";
export { openRecords, type RecordStore } from "./record-store";
