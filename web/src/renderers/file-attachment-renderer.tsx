/** A file on a message: an image as itself, text with a preview, anything as a card to download. */
import Box from "@mui/material/Box";
import IconButton from "@mui/material/IconButton";
import Typography from "@mui/material/Typography";
import { useMemo } from "react";

import type { FileAttachment } from "@/api/types";
import { Disclosure } from "@/components/disclosure";
import { formatBytes, t } from "@/i18n";
import { DownloadIcon, FileIcon } from "@/icons/icons";
import { MONO } from "@/theme/theme";

import { download, kindOf, sizeOf, sourceOf, wordsOf } from "./file-content";
import { IMAGE } from "./message-images";

const PREVIEW_LINES = 100;

export function FileAttachmentRenderer({ file }: { readonly file: FileAttachment }) {
  const source = sourceOf(file);
  if (kindOf(file.type) === "image" && source !== null)
    return (
      <Box component="img" src={source} alt={file.name} loading="lazy" sx={{ ...IMAGE, my: 0.5 }} />
    );
  return (
    <Box sx={CARD}>
      <FileCard file={file} isDownloadable={source !== null} />
      {kindOf(file.type) === "text" && typeof file.content === "string" && (
        <Disclosure summary={t("file.preview")}>
          <TextPreview content={file.content} />
        </Disclosure>
      )}
    </Box>
  );
}

interface CardProps {
  readonly file: FileAttachment;
  readonly isDownloadable: boolean;
}

function FileCard({ file, isDownloadable }: CardProps) {
  const size = sizeOf(file);
  return (
    <Box sx={{ display: "flex", alignItems: "center", gap: 1, minWidth: 0 }}>
      <FileIcon sx={{ color: "text.secondary" }} />
      <Box sx={{ minWidth: 0, flex: 1 }}>
        <Typography variant="body2" noWrap title={file.name} sx={{ fontWeight: 550 }}>
          {file.name}
        </Typography>
        <Typography variant="caption" noWrap component="div" sx={{ color: "text.secondary" }}>
          {size === null ? file.type : `${file.type} · ${formatBytes(size)}`}
        </Typography>
      </Box>
      {isDownloadable && (
        <IconButton
          size="small"
          aria-label={t("file.download", { name: file.name })}
          onClick={() => download(file)}
        >
          <DownloadIcon fontSize="small" />
        </IconButton>
      )}
    </Box>
  );
}

function TextPreview({ content }: { readonly content: string }) {
  const lines = useMemo(() => wordsOf(content).split("\n"), [content]);
  const rest = lines.length - PREVIEW_LINES;
  return (
    <>
      <Box component="pre" sx={PREVIEW}>
        {lines.slice(0, PREVIEW_LINES).join("\n")}
      </Box>
      {rest > 0 && (
        <Typography variant="caption" sx={{ color: "text.secondary" }}>
          {t("file.moreLines", { count: rest })}
        </Typography>
      )}
    </>
  );
}

const CARD = {
  my: 0.5,
  px: 1.5,
  py: 1,
  width: 320,
  maxWidth: "100%",
  border: 1,
  borderColor: "divider",
  borderRadius: 1,
  bgcolor: "background.paper",
  color: "text.primary",
} as const;

const PREVIEW = {
  m: 0,
  maxHeight: 320,
  overflow: "auto",
  fontFamily: MONO,
  fontSize: "0.75rem",
  whiteSpace: "pre-wrap",
  overflowWrap: "anywhere",
} as const;
