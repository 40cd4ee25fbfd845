/** What this browser keeps: drafts and records. */
export {
  type Draft,
  draftKey,
  isNothing,
  moveDraft,
  NOTHING,
  readDraft,
  useDraft,
  writeDraft,
  type Writing,
} from "./draft";
export { openRecords, type RecordStore } from "./record-store";
