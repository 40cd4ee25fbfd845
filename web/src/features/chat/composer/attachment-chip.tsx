/** A file that waits in the composer: its picture or sign, how far it is on its way, a way to take it back. */
import Box from "@mui/material/Box";
import ButtonBase from "@mui/material/ButtonBase";
import { type ReactNode, useCallback, useEffect } from "react";

import { ActionButton } from "@/components/action-button";
import { announce } from "@/components/announcer";
import { formatBytes } from "@/i18n";
import { t } from "@/i18n/files";
import { CloseIcon, RetryIcon } from "@/icons/icons";
import { FileName } from "@/renderers/file-name";
import { FileSign } from "@/renderers/file-sign";
import { shownName } from "@/renderers/shown-name";
import { uploads } from "@/turn/page-uploads";
import type { Upload } from "@/turn/uploads";
import { useUpload } from "@/turn/use-upload";

interface Props {
  readonly fileKey: string;
  readonly onRemove: () => void;
  /** Make the pasted text that it was of it again. */
  readonly onUnpack: () => void;
}

export function AttachmentChip({ fileKey, onRemove, onUnpack }: Props) {
  const upload = useUpload(fileKey);
  const name = upload ? shownName(upload.name) : t("attach.lost");
  const problem = problemOf(upload);
  useEffect(() => {
    if (problem !== null) announce(t("attach.failed", { name, reason: problem }), "urgent");
  }, [name, problem]);
  if (upload === undefined) return null; // it is looked up
  return (
    <Box
      component="li"
      aria-label={t("attach.attached", { name })}
      sx={{ ...CHIP, borderColor: problem === null ? "divider" : "error.main" }}
    >
      {upload && <Sign upload={upload} />}
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <FileName name={upload?.name ?? t("attach.lost")} />
        <Line isWrong={problem !== null}>{problem ?? (upload && <State upload={upload} />)}</Line>
        {upload?.isPasted === true && (
          <ButtonBase onClick={onUnpack} sx={UNPACK}>
            {t("attach.unpack")}
          </ButtonBase>
        )}
      </Box>
      {upload?.state === "failed" && upload.error?.isRetryable !== false && (
        <ActionButton
          label={t("attach.retry", { name })}
          icon={<RetryIcon fontSize="small" />}
          tooltip="top"
          onClick={() => uploads.retry(fileKey)}
        />
      )}
      <ActionButton
        label={t("attach.remove", { name })}
        icon={<CloseIcon fontSize="small" />}
        tooltip="top"
        onClick={onRemove}
      />
      {upload?.state === "uploading" && <Progress name={name} share={upload.progress} />}
    </Box>
  );
}

function problemOf(upload: Upload | null | undefined): string | null {
  if (upload === null) return t("attach.lostReason");
  if (upload?.state !== "failed") return null;
  const { error } = upload;
  if (error === null) return t("error.unknown");
  if (error.status === 0) return t("error.network");
  return error.detail === "" ? error.title : error.detail;
}

function State({ upload }: { readonly upload: Upload }) {
  const size = formatBytes(upload.blob.size);
  return upload.state === "uploading" ? t("attach.uploading", { size }) : size;
}

function Line({ isWrong, children }: { readonly isWrong: boolean; readonly children: ReactNode }) {
  return <Box sx={{ ...LINE, color: isWrong ? "error.main" : "text.secondary" }}>{children}</Box>;
}

function Progress({ name, share }: { readonly name: string; readonly share: number }) {
  const percent = Math.round(share * 100);
  return (
    <Box
      role="progressbar"
      aria-label={t("attach.progress", { name })}
      aria-valuenow={percent}
      sx={TRACK}
    >
      <Box style={{ width: `${percent}%` }} sx={BAR} />
    </Box>
  );
}

/** An image as itself, out of this browser's own copy; of others what they are. */
function Sign({ upload: { type, blob, name } }: { readonly upload: Upload }) {
  const draw = useCallback(
    (image: HTMLImageElement | null) => {
      if (image === null) return;
      const url = URL.createObjectURL(blob);
      image.src = url;
      return () => URL.revokeObjectURL(url);
    },
    [blob],
  );
  if (type.startsWith("image/")) return <Box component="img" alt="" ref={draw} sx={THUMBNAIL} />;
  return <FileSign type={type} name={name} />;
}

const CHIP = {
  position: "relative",
  display: "flex",
  alignItems: "center",
  gap: 1,
  p: 0.75,
  width: { xs: "100%", sm: 244 },
  maxWidth: "100%",
  border: 1,
  borderRadius: "12px",
  bgcolor: "background.paper",
  overflow: "hidden",
} as const;

const LINE = { typography: "caption", lineHeight: 1.35, overflowWrap: "anywhere" } as const;

const UNPACK = {
  typography: "caption",
  lineHeight: 1.35,
  minHeight: 24,
  color: "primary.main",
  "&:hover": { textDecoration: "underline" },
} as const;

const THUMBNAIL = {
  flex: "none",
  width: 40,
  height: 40,
  objectFit: "cover",
  borderRadius: "8px",
  bgcolor: "surface.raised",
} as const;

const TRACK = { position: "absolute", insetInline: 0, bottom: 0, height: 3 } as const;

const BAR = { height: 1, bgcolor: "primary.main", transition: "width 120ms linear" } as const;
