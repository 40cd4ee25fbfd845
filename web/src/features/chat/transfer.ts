/** What is dropped or pasted: the files in it, and the folders, which are none. */

export interface Transferred {
  readonly files: readonly File[];
  readonly folders: readonly string[];
}

export function filesIn(transfer: DataTransfer): Transferred {
  const files: File[] = [];
  const folders: string[] = [];
  for (const item of transfer.items) {
    if (item.kind !== "file") continue;
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    if (entry?.isDirectory === true) folders.push(entry.name);
    else if (file !== null) files.push(file);
  }
  return { files, folders };
}

/** A table or a paragraph is copied with a picture of itself: whoever pastes that wants the words. */
export const isFormattedText = (transfer: DataTransfer): boolean =>
  transfer.types.includes("text/html") && transfer.getData("text/plain").trim() !== "";

export const noFolders = (files: readonly File[]): Transferred => ({ files, folders: [] });

export const hasFiles = (transfer: DataTransfer | null): boolean =>
  transfer?.types.includes("Files") ?? false;
