/** Offers, when a turn takes long, to stop it or to be told when it has ended. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useState } from "react";

import type { Turn } from "@/api/types";
import { announce } from "@/components/announcer";
import { awaitEnd, useIsAwaited } from "@/components/awaited";
import { canNotify, isRefused, mayNotify } from "@/components/notifications";
import { t } from "@/i18n/extras";
import { workStartedAt } from "@/renderers/turn-facts";
import { useNow } from "@/renderers/use-now";
import { useTurn } from "@/turn";

/** By then a reader would rather do something else. */
const LONG_MS = 60_000;

interface Props {
  readonly turn: Turn;
  readonly onStop: () => void;
}

export function LongTurn({ turn: snapshot, onStop }: Props) {
  const turn = useTurn(snapshot);
  const isLong = useNow(1000) - Date.parse(workStartedAt(turn)) > LONG_MS;
  if (turn.status !== "running" || !isLong) return null;
  return (
    <Box role="group" aria-label={t("long.text")} sx={NOTE}>
      <span>{t("long.text")}</span>
      <Button size="small" color="inherit" onClick={onStop}>
        {t("composer.stop")}
      </Button>
      {canNotify() && <NotifyMe turnId={turn.turn_id} />}
    </Box>
  );
}

function NotifyMe({ turnId }: { readonly turnId: string }) {
  const isAwaited = useIsAwaited(turnId);
  const [wasRefused, setRefused] = useState(isRefused);
  const ask = async () => {
    if (await mayNotify()) {
      awaitEnd(turnId);
      announce(t("long.awaited"));
    } else setRefused(isRefused());
  };
  if (wasRefused) return <span>{t("long.refused")}</span>;
  if (isAwaited) return <span>{t("long.awaited")}</span>;
  return (
    <Button size="small" color="inherit" onClick={() => void ask()}>
      {t("long.notify")}
    </Button>
  );
}

const NOTE = {
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  columnGap: 1,
  px: 1,
  pb: 0.5,
  typography: "body2",
  color: "text.secondary",
} as const;
