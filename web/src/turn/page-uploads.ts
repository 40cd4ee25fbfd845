/**
 * The uploads of this page: they outlive the screen on which a file was chosen.
 *
 * The rule it keeps: it is fetched when there is a file to carry (`files.ts`), so nothing that every
 * page has may import it, but for its types.
 */
import { getFile } from "@/api/client";
import { isNotFound } from "@/api/errors";
import type { FileAttachment, StoredFile } from "@/api/types";
import { openRecords } from "@/storage/record-store";

import { type KeptFile, Uploads } from "./uploads";

export const uploads = new Uploads({ records: openRecords<KeptFile>("uploads"), isStored });
void uploads.sweep();

async function isStored(fileId: string): Promise<boolean> {
  try {
    await getFile(fileId);
    return true;
  } catch (error) {
    return !isNotFound(error); // of what cannot be asked the best is assumed
  }
}

/** A file as a message has it. */
export const attachmentOf = ({ file_id, name, type, size }: StoredFile): FileAttachment => ({
  file_id,
  name,
  type,
  size,
});

/** Files as a message has them that is on its way: those that are not yet up have no id. */
export const attachmentsOf = (keys: readonly string[]): readonly FileAttachment[] =>
  keys
    .flatMap((key) => uploads.all().get(key) ?? [])
    .map(({ stored, name, type, blob }) =>
      stored === null ? { name, type, size: blob.size } : attachmentOf(stored),
    );
