/**
 * The files of a message, of an answer or of a tool's output, side by side; those that can be looked
 * at open in one viewer, from one to the next.
 */
import Box from "@mui/material/Box";
import { Suspense, useState } from "react";

import type { FileAttachment } from "@/api/types";
import { late } from "@/components/late";
import { t } from "@/i18n/files";

import { FileAttachmentRenderer } from "./file-attachment-renderer";
import { kindOf, sourceOf } from "./file-content";

/** Fetched when the first file is opened. */
const FileViewer = late(async () => (await import("./file-viewer")).FileViewer);

export interface AttachmentsProps {
  readonly files: readonly FileAttachment[];
  /** A person's stand on the right, as what it says. */
  readonly side?: "start" | "end";
  /** What the model was given of a file, in a few words. */
  readonly givenOf?: ((file: FileAttachment) => string | undefined) | undefined;
}

export function AttachmentList({ files, side = "start", givenOf }: AttachmentsProps) {
  const [open, setOpen] = useState<FileAttachment | null>(null);
  const viewable = files.filter(canBeViewed);
  return (
    <>
      <Box
        component="ul"
        aria-label={t("file.list")}
        sx={{ ...LIST, justifyContent: `flex-${side}` }}
      >
        {files.map((file, index) => (
          <Box component="li" key={file.file_id ?? index} sx={{ maxWidth: 1 }}>
            <FileAttachmentRenderer
              file={file}
              onOpen={canBeViewed(file) ? () => setOpen(file) : null}
              given={givenOf?.(file)}
            />
          </Box>
        ))}
      </Box>
      {open !== null && (
        <Suspense>
          <FileViewer files={viewable} file={open} onMove={setOpen} onClose={() => setOpen(null)} />
        </Suspense>
      )}
    </>
  );
}

const canBeViewed = (file: FileAttachment) => kindOf(file) !== "other" && sourceOf(file) !== null;

const LIST = {
  listStyle: "none",
  m: 0,
  p: 0,
  maxWidth: "100%",
  display: "flex",
  flexWrap: "wrap",
  gap: 1,
} as const;
