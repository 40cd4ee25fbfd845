/** A file that waits in the composer: its picture or sign, its name and size, a way to take it back. */
import Box from "@mui/material/Box";
import { useCallback } from "react";

import { ActionButton } from "@/components/action-button";
import { formatBytes, t } from "@/i18n";
import { CloseIcon, FileIcon } from "@/icons/icons";

interface Props {
  readonly file: File;
  readonly onRemove: () => void;
}

export function AttachmentChip({ file, onRemove }: Props) {
  return (
    <Box role="group" aria-label={t("attach.attached", { name: file.name })} sx={CHIP}>
      {file.type.startsWith("image/") ? <Thumbnail file={file} /> : <FileIcon sx={{ m: 0.75 }} />}
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Box sx={NAME}>{file.name}</Box>
        <Box sx={{ typography: "caption", color: "text.secondary" }}>{formatBytes(file.size)}</Box>
      </Box>
      <ActionButton
        label={t("attach.remove", { name: file.name })}
        icon={<CloseIcon fontSize="small" />}
        onClick={onRemove}
      />
    </Box>
  );
}

function Thumbnail({ file }: { readonly file: File }) {
  const draw = useCallback(
    (image: HTMLImageElement | null) => {
      if (image === null) return;
      const url = URL.createObjectURL(file);
      image.src = url;
      return () => URL.revokeObjectURL(url);
    },
    [file],
  );
  return <Box component="img" alt="" ref={draw} sx={THUMBNAIL} />;
}

const CHIP = {
  alignSelf: "flex-start",
  display: "flex",
  alignItems: "center",
  gap: 1,
  mt: 0.5,
  p: 0.5,
  maxWidth: 280,
  border: 1,
  borderColor: "divider",
  borderRadius: 1,
} as const;

const NAME = {
  typography: "body2",
  overflow: "hidden",
  textOverflow: "ellipsis",
  whiteSpace: "nowrap",
} as const;

const THUMBNAIL = { width: 40, height: 40, objectFit: "cover", borderRadius: "6px" } as const;
