/**
 * Sound or film, played where it stands. Fetched where there is some.
 *
 * The rule it keeps: no more of it comes than somebody plays, but for what a film begins with; where the server has to
 * be told who asks, it can only come whole, so that waits for a click.
 */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import CircularProgress from "@mui/material/CircularProgress";
import { type SyntheticEvent, useCallback, useState } from "react";

import { areHeadersNeeded } from "@/api/transport";
import type { FileAttachment } from "@/api/types";
import { formatBytes } from "@/i18n";
import { t } from "@/i18n/files";
import { PlayIcon } from "@/icons/icons";

import { type Player, sizeOf } from "./file-content";
import { shownName } from "./shown-name";
import { useSource } from "./use-source";

interface Props {
  readonly file: FileAttachment;
  readonly player: Player;
  /** The browser cannot play it after all. */
  readonly onBroken: () => void;
}

export function FilePlayer(props: Props) {
  const [mayBegin] = useState(() => !areHeadersNeeded());
  const [isAskedFor, setAskedFor] = useState(false);
  if (mayBegin || isAskedFor) return <Playing {...props} isAskedFor={isAskedFor} />;
  const size = sizeOf(props.file);
  return (
    <Button
      size="small"
      color="inherit"
      startIcon={<PlayIcon fontSize="small" />}
      onClick={() => setAskedFor(true)}
    >
      {size === null ? t("file.play") : t("file.playSized", { size: formatBytes(size) })}
    </Button>
  );
}

interface PlayingProps extends Props {
  readonly isAskedFor: boolean;
}

function Playing({ file, player, onBroken, isAskedFor }: PlayingProps) {
  const source = useSource(file, onBroken);
  // It begins to load before it is on the page, and what it says by then nobody hears.
  const onShown = useCallback(
    (element: HTMLMediaElement | null) => {
      if (element?.error && isHopeless(element.error)) onBroken();
      if (isAskedFor) element?.focus(); // the button that was pressed is gone
    },
    [isAskedFor, onBroken],
  );
  if (source === undefined) return <CircularProgress size={20} aria-label={t("viewer.loading")} />;
  return (
    <Box
      component={player}
      ref={onShown}
      src={source}
      controls
      autoPlay={isAskedFor}
      preload={player === "audio" ? "none" : "metadata"}
      aria-label={shownName(file.name)}
      onError={({ currentTarget: { error } }: SyntheticEvent<HTMLMediaElement>) => {
        if (error === null || isHopeless(error)) onBroken();
      }}
      sx={FILLED}
    />
  );
}

/** Where it only broke off on the way, its own button tries again. */
const isHopeless = ({ code }: MediaError) => code !== NETWORK;

/** `MediaError.MEDIA_ERR_NETWORK` */
const NETWORK = 2;

const FILLED = { display: "block", width: 1, height: 1, borderRadius: "8px" } as const;
