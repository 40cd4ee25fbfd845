/** How much of this server one uses, and how much one may. */
import Box from "@mui/material/Box";
import Skeleton from "@mui/material/Skeleton";
import Typography from "@mui/material/Typography";

import { useUsage } from "@/api/account-queries";
import type { LimitName, Metered } from "@/api/types";
import { NotLoaded } from "@/components/not-loaded";
import { formatDateTime } from "@/i18n";
import { t } from "@/i18n/account";

import { amountOf, LIMIT_NAMES } from "./amounts";
import { Meter } from "./meter";
import { Part } from "./part";

export function OwnUsage() {
  const { data: usage, error, refetch } = useUsage();
  return (
    <Part title={t("usage.title")} text={t("usage.text")}>
      {usage === undefined && error !== null && (
        <NotLoaded title={t("usage.notLoaded")} error={error} onRetry={refetch} />
      )}
      {usage === undefined && error === null && <Skeleton variant="rounded" height={140} />}
      {usage !== undefined && (
        <Box component="dl" sx={GRID}>
          {LIMIT_NAMES.map((name) => (
            <Used key={name} name={name} metered={usage[name]} />
          ))}
        </Box>
      )}
    </Part>
  );
}

interface UsedProps {
  readonly name: LimitName;
  readonly metered: Metered;
}

function Used({ name, metered: { used, limit, resets_at: end } }: UsedProps) {
  const amount = amountOf(name, used);
  const text =
    limit === null ? amount : t("usage.of", { used: amount, limit: amountOf(name, limit) });
  return (
    <Box sx={{ display: "grid", gap: 0.75, alignContent: "start" }}>
      <Typography component="dt" variant="subtitle2">
        {t(`limit.${name}`)}
      </Typography>
      <Box component="dd" sx={{ m: 0, display: "grid", gap: 0.75 }}>
        <Typography variant="body2">{text}</Typography>
        {limit !== null && (
          <Meter label={t(`limit.${name}`)} text={text} used={used} limit={limit} />
        )}
        <Typography variant="caption" sx={{ color: "text.secondary" }}>
          {limit === null
            ? t("usage.free")
            : end !== null && used > 0 && t("usage.anew", { time: formatDateTime(end) })}
        </Typography>
      </Box>
    </Box>
  );
}

const GRID = {
  display: "grid",
  gap: 3,
  m: 0,
  gridTemplateColumns: "repeat(auto-fill, minmax(min(100%, 13rem), 1fr))",
} as const;
