/**
 * Files, one at a time and as large as the window: with the arrow keys to the next one, with Esc back
 * to where one was.
 */
import Box from "@mui/material/Box";
import Dialog from "@mui/material/Dialog";
import CircularProgress from "@mui/material/CircularProgress";
import { type KeyboardEvent, Suspense, useState } from "react";

import type { FileAttachment } from "@/api/types";
import { ActionButton } from "@/components/action-button";
import { announce } from "@/components/announcer";
import { late } from "@/components/late";
import { alongLine } from "@/components/shortcuts";
import { t } from "@/i18n/files";
import { ArrowLeftIcon, CloseIcon, DownloadIcon, ZoomInIcon, ZoomOutIcon } from "@/icons/icons";

import { factsOf } from "./file-attachment-renderer";
import { download, kindOf } from "./file-content";
import { FileName } from "./file-name";
import { FileText } from "./file-text";
import { shownName } from "./shown-name";
import { useSource } from "./use-source";

/** What reads PDF weighs more than all the rest of the page. */
const FilePdf = late(async () => (await import("./file-pdf")).FilePdf);

interface Props {
  /** All that can be gone through. */
  readonly files: readonly FileAttachment[];
  readonly file: FileAttachment;
  readonly onMove: (file: FileAttachment) => void;
  readonly onClose: () => void;
}

export function FileViewer({ files, file, onMove, onClose }: Props) {
  const at = files.indexOf(file);
  const [isLarge, setLarge] = useState(false);
  const move = (by: number) => {
    const next = files[at + by];
    if (next === undefined) return;
    setLarge(false);
    onMove(next);
    announce(shownName(next.name));
  };
  const onKeyDown = (press: KeyboardEvent) => {
    if (isLarge || press.altKey || press.ctrlKey || press.metaKey) return;
    const by = alongLine(press.key);
    if (by !== 0) move(by);
  };
  return (
    <Dialog
      open
      fullScreen
      onClose={onClose}
      onKeyDown={onKeyDown}
      slotProps={{ paper: { "aria-label": shownName(file.name), sx: PAPER } }}
    >
      <Box sx={HEAD}>
        <Box sx={{ flex: 1, minWidth: 0 }}>
          <FileName name={file.name} />
          <Box sx={FACTS}>
            {[
              ...(files.length > 1 ? [t("viewer.place", { n: at + 1, count: files.length })] : []),
              factsOf(file),
            ].join(" · ")}
          </Box>
        </Box>
        {files.length > 1 && (
          <>
            <Step label={t("viewer.previous")} isEnd={at === 0} onClick={() => move(-1)} />
            <Step
              label={t("viewer.next")}
              isEnd={at === files.length - 1}
              onClick={() => move(1)}
              isNext
            />
          </>
        )}
        {kindOf(file) === "image" && (
          <ActionButton
            label={isLarge ? t("viewer.fit") : t("viewer.full")}
            icon={isLarge ? <ZoomOutIcon fontSize="small" /> : <ZoomInIcon fontSize="small" />}
            aria-pressed={isLarge}
            onClick={() => setLarge(!isLarge)}
          />
        )}
        <ActionButton
          label={t("file.download", { name: shownName(file.name) })}
          icon={<DownloadIcon fontSize="small" />}
          onClick={() => download(file)}
        />
        <ActionButton
          ref={focusWhenShown}
          label={t("viewer.close")}
          icon={<CloseIcon fontSize="small" />}
          onClick={onClose}
        />
      </Box>
      {/* Another file begins anew. */}
      <Content key={at} file={file} isLarge={isLarge} onZoom={() => setLarge(!isLarge)} />
    </Dialog>
  );
}

interface ContentProps {
  readonly file: FileAttachment;
  readonly isLarge: boolean;
  readonly onZoom: () => void;
}

function Content({ file, isLarge, onZoom }: ContentProps) {
  const kind = kindOf(file);
  switch (kind) {
    case "image":
      return <Picture file={file} isLarge={isLarge} onZoom={onZoom} />;
    case "pdf":
      return (
        <Suspense
          fallback={
            <CircularProgress size={28} aria-label={t("viewer.loading")} sx={{ m: "auto" }} />
          }
        >
          <FilePdf file={file} />
        </Suspense>
      );
    case "text":
      return <FileText file={file} />;
    case "other":
      return null;
    default:
      return kind satisfies never;
  }
}

function Picture({ file, isLarge, onZoom }: ContentProps) {
  const source = useSource(file, leaveEmpty);
  return (
    <Box role="group" aria-label={t("file.image")} tabIndex={isLarge ? 0 : -1} sx={STAGE}>
      <Box
        component="img"
        src={source}
        alt={shownName(file.name)}
        onClick={onZoom} // the button does the same
        sx={isLarge ? LARGE : FITTED}
      />
    </Box>
  );
}

interface StepProps {
  readonly label: string;
  readonly isEnd: boolean;
  readonly isNext?: boolean;
  readonly onClick: () => void;
}

/** At an end it stays a button that can have the focus: else the focus would be lost with it. */
function Step({ label, isEnd, isNext = false, onClick }: StepProps) {
  return (
    <ActionButton
      label={label}
      icon={<ArrowLeftIcon fontSize="small" sx={{ rotate: isNext ? "180deg" : "0deg" }} />}
      aria-disabled={isEnd}
      onClick={onClick}
      sx={{ opacity: isEnd ? 0.4 : 1 }}
    />
  );
}

/** Its name stands in its place. */
const leaveEmpty = () => undefined;

const focusWhenShown = (button: HTMLButtonElement | null) => button?.focus();

const PAPER = {
  bgcolor: "background.default",
  border: 0,
  borderRadius: 0,
  "@media (max-width: 480px)": { m: 0, width: "100%" },
} as const;

const HEAD = {
  flex: "none",
  display: "flex",
  alignItems: "center",
  gap: 0.5,
  minHeight: 56,
  px: { xs: 1.5, sm: 2 },
  borderBottom: 1,
  borderColor: "divider",
  bgcolor: "background.paper",
} as const;

const FACTS = {
  typography: "caption",
  color: "text.secondary",
  overflow: "hidden",
  textOverflow: "ellipsis",
  whiteSpace: "nowrap",
} as const;

const STAGE = { flex: 1, minHeight: 0, overflow: "auto", display: "flex", p: 2 } as const;

const FITTED = {
  m: "auto",
  maxWidth: "100%",
  maxHeight: "100%",
  objectFit: "contain",
  cursor: "zoom-in",
} as const;

const LARGE = { m: "auto", cursor: "zoom-out" } as const;
