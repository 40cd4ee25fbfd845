/** The files that go with the message, each with what has become of it so far. */
import Box from "@mui/material/Box";

import { t } from "@/i18n/files";

import { AttachmentChip } from "./attachment-chip";

export interface ChipsProps {
  readonly files: readonly string[];
  readonly onRemove: (key: string) => void;
  readonly onUnpack: (key: string) => void;
}

export function AttachmentChips({ files, onRemove, onUnpack }: ChipsProps) {
  return (
    <Box component="ul" aria-label={t("attach.list")} sx={LIST}>
      {files.map((key) => (
        <AttachmentChip
          key={key}
          fileKey={key}
          onRemove={() => onRemove(key)}
          onUnpack={() => onUnpack(key)}
        />
      ))}
    </Box>
  );
}

/** Ten files are three rows of them, and the transcript is to be seen still. */
const LIST = {
  listStyle: "none",
  m: 0,
  px: 0,
  pt: 1,
  pb: 0.25,
  display: "flex",
  flexWrap: "wrap",
  gap: 1,
  maxHeight: "min(212px, 34dvh)",
  overflowY: "auto",
} as const;
