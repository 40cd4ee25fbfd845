/**
 * A file on a message or an answer: an image as itself, anything else as a card, in which sound and
 * film play. What can be looked at opens in the viewer, everything can be downloaded.
 */
import Box from "@mui/material/Box";
import ButtonBase from "@mui/material/ButtonBase";
import { type ReactNode, Suspense, useCallback, useMemo, useState } from "react";

import type { FileAttachment } from "@/api/types";
import { ActionButton } from "@/components/action-button";
import { late } from "@/components/late";
import { formatBytes } from "@/i18n";
import { t } from "@/i18n/files";
import { DownloadIcon } from "@/icons/icons";

import {
  download,
  foreignHost,
  kindOf,
  type Player,
  playerOf,
  sizeOf,
  sourceOf,
  typeName,
} from "./file-content";
import { FileName } from "./file-name";
import { FileSign } from "./file-sign";
import { shownName } from "./shown-name";
import { useSource } from "./use-source";

const FilePlayer = late(async () => (await import("./file-player")).FilePlayer, { isQuiet: true });

interface Props {
  readonly file: FileAttachment;
  /** Show it large; null where that cannot be. */
  readonly onOpen: (() => void) | null;
  /** What the model was given of it, in the server's words. */
  readonly given?: string | undefined;
}

export function FileAttachmentRenderer({ file, onOpen, given }: Props) {
  const [isBroken, setBroken] = useState(false);
  const onBroken = useCallback(() => setBroken(true), []);
  const player = useMemo(() => playerOf(file), [file]);
  if (player !== null && !isBroken)
    return (
      <FileCard file={file} onOpen={null} given={given} player={player}>
        <FilePlayer file={file} player={player} onBroken={onBroken} />
      </FileCard>
    );
  if (kindOf(file) !== "image" || sourceOf(file) === null || onOpen === null || isBroken)
    return <FileCard file={file} onOpen={isBroken ? null : onOpen} given={given} />;
  return <Picture file={file} onOpen={onOpen} given={given} onBroken={onBroken} />;
}

interface PictureProps extends Props {
  readonly onOpen: () => void;
  readonly onBroken: () => void;
}

function Picture({ file, onOpen, given, onBroken }: PictureProps) {
  const source = useSource(file, onBroken);
  const name = shownName(file.name);
  return (
    <Box sx={{ maxWidth: "min(322px, 100%)" }}>
      <ButtonBase aria-label={t("file.open", { name })} data-tip={name} onClick={onOpen} sx={FRAME}>
        <Box
          component="img"
          src={source}
          alt={name}
          loading="lazy"
          onError={onBroken}
          sx={PICTURE}
        />
      </ButtonBase>
      <Given given={given} />
    </Box>
  );
}

/** Quietly: most readers do not ask, but who wonders about an answer does. */
function Given({ given }: Pick<Props, "given">) {
  return given === undefined ? null : <Box sx={NOTE}>{t("file.given", { given })}</Box>;
}

interface CardProps extends Props {
  readonly player?: Player;
  readonly children?: ReactNode;
}

function FileCard({ file, onOpen, given, player, children }: CardProps) {
  const name = shownName(file.name);
  return (
    <Box role="group" aria-label={name} sx={player === "video" ? WIDE_CARD : CARD}>
      <FileSign type={file.type} name={file.name} />
      <Box sx={{ minWidth: 0, flex: 1 }}>
        <FileName name={file.name} />
        <Box sx={NOTE}>{factsOf(file)}</Box>
        <Given given={given} />
      </Box>
      {onOpen !== null && (
        <ButtonBase aria-label={t("file.open", { name })} onClick={onOpen} sx={OVER} />
      )}
      {sourceOf(file) !== null && (
        <ActionButton
          label={t("file.download", { name })}
          icon={<DownloadIcon fontSize="small" />}
          onClick={() => download(file)}
          sx={{ position: "relative" }} // above the button that is all of the card
        />
      )}
      {player !== undefined && (
        <Box sx={player === "video" ? SCREEN : SOUND}>
          <Suspense>{children}</Suspense>
        </Box>
      )}
    </Box>
  );
}

/** Of what kind it is and how large, as far as that is known. */
export function factsOf(file: FileAttachment): string {
  const size = sizeOf(file);
  const host = foreignHost(file);
  return [
    typeName(file.type),
    ...(size === null ? [] : [formatBytes(size)]),
    ...(host === null ? [] : [t("file.elsewhere", { host })]),
  ].join(" · ");
}

const CARD = {
  position: "relative",
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  gap: 1,
  p: 0.75,
  width: 320,
  maxWidth: "100%",
  border: 1,
  borderColor: "divider",
  borderRadius: "12px",
  bgcolor: "background.paper",
  color: "text.primary",
} as const;

const WIDE_CARD = { ...CARD, width: 480 } as const;

/** As high as it will be before it is there, and whatever it shows. */
const SOUND = { flex: "1 0 100%", minWidth: 0, height: 40 } as const;
const SCREEN = { ...SOUND, height: "auto", aspectRatio: "16 / 9" } as const;

/** All of the card opens it. */
const OVER = {
  position: "absolute",
  inset: 0,
  borderRadius: "12px",
  "&:hover": { bgcolor: "action.hover" },
} as const;

const NOTE = { typography: "caption", color: "text.secondary", overflowWrap: "anywhere" } as const;

const FRAME = {
  maxWidth: "100%",
  border: 1,
  borderColor: "divider",
  borderRadius: "12px",
  overflow: "hidden",
  bgcolor: "surface.raised",
  "&:hover": { borderColor: "surface.outline" },
} as const;

/** Its height is known before it is there, so that nothing moves when it comes; all of it is to be seen. */
const PICTURE = {
  display: "block",
  height: 200,
  minWidth: 96,
  maxWidth: "min(320px, 100%)",
  objectFit: "contain",
} as const;
