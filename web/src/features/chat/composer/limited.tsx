/**
 * The server takes no more for now: a ring that runs down until the message is sent by itself.
 *
 * The rule it keeps: nothing that was written is lost by it; the message stays where it is, and who
 * does not want to wait has it back to write on.
 */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useEffect, useState } from "react";

import { announce } from "@/components/announcer";
import { formatDuration } from "@/i18n";
import { t } from "@/i18n/account";
import { useNow } from "@/renderers/use-now";
import type { OutboxEntry } from "@/turn";

interface Props {
  readonly entry: OutboxEntry;
  readonly onCancel: (entry: OutboxEntry) => void;
}

/** From here on it is no mere haste, and the server's own words say what ran out. */
const LONG_MS = 90_000;

export function Limited({ entry, onCancel }: Props) {
  const now = useNow(250);
  const { begin, end } = useLastWait(entry, now);
  const left = Math.max(0, end - now);
  const [spoken] = useState(() => t("limited.spoken", { time: timeOf(end - begin) }));
  useEffect(() => announce(spoken), [spoken]); // once: another wait is no news
  const why = end - begin > LONG_MS ? entry.error?.detail : undefined;
  return (
    <Box sx={STRIP}>
      <Ring part={left / Math.max(1, end - begin)} seconds={Math.ceil(left / 1000)} />
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Typography variant="body2" sx={{ fontWeight: 550 }}>
          {why ?? t("limited.title")}
        </Typography>
        <Typography variant="caption" component="div" sx={{ color: "text.secondary" }}>
          {t("limited.sends", { time: timeOf(left) })}
        </Typography>
      </Box>
      <Button size="small" color="inherit" onClick={() => onCancel(entry)}>
        {t("limited.cancel")}
      </Button>
    </Box>
  );
}

/** From when to when it waits; while it is tried again, from when to when it did. */
function useLastWait({ retryAt }: OutboxEntry, now: number) {
  const [wait, setWait] = useState({ begin: now, end: retryAt ?? 0 });
  if (retryAt !== null && retryAt !== wait.end) setWait({ begin: now, end: retryAt });
  return wait;
}

function timeOf(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return seconds < 60 ? t("limited.seconds", { seconds }) : formatDuration(seconds * 1000);
}

const RADIUS = 15;
const ROUND = 2 * Math.PI * RADIUS;
/** More digits do not fit. */
const MOST_SECONDS = 99;

function Ring({ part, seconds }: { readonly part: number; readonly seconds: number }) {
  return (
    <Box role="timer" aria-label={t("limited.ring")} sx={{ position: "relative", flex: "none" }}>
      <Box component="svg" viewBox="0 0 36 36" aria-hidden sx={RING}>
        <circle cx="18" cy="18" r={RADIUS} />
        <circle
          cx="18"
          cy="18"
          r={RADIUS}
          className="left"
          strokeDasharray={ROUND}
          strokeDashoffset={ROUND * (1 - Math.min(1, part))}
        />
      </Box>
      <Box component="span" aria-hidden sx={NUMBER}>
        {seconds > MOST_SECONDS ? "…" : seconds}
      </Box>
    </Box>
  );
}

const STRIP = { display: "flex", alignItems: "center", gap: 1.5, pt: 0.75, pb: 0.25 } as const;

const RING = {
  display: "block",
  width: 36,
  height: 36,
  rotate: "-90deg",
  "& circle": { fill: "none", stroke: "var(--t-palette-divider)", strokeWidth: 3 },
  "& .left": { stroke: "var(--t-palette-warning-main)", strokeLinecap: "round" },
} as const;

const NUMBER = {
  position: "absolute",
  inset: 0,
  display: "grid",
  placeItems: "center",
  typography: "caption",
  fontVariantNumeric: "tabular-nums",
} as const;
