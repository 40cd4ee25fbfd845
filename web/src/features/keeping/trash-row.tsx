/** One session of the trash: what it was, until when it stays, and the two ways out. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";

import { useAgents } from "@/api/queries";
import type { TrashedSession } from "@/api/types";
import { agentName } from "@/components/agent-name";
import { useNow } from "@/components/clock";
import { formatDateTime, formatRelativeTime } from "@/i18n";
import { t } from "@/i18n/keeping";
import { UndoIcon } from "@/icons/icons";

const DAY_MS = 86_400_000;

interface TrashRowProps {
  readonly trashed: TrashedSession;
  /** For how many the trash keeps what it has. */
  readonly days: number;
  readonly isRestoring: boolean;
  readonly onRestore: () => void;
  readonly onPurge: () => void;
}

export function TrashRow({ trashed, days, isRestoring, onRestore, onPurge }: TrashRowProps) {
  const name = trashed.session.session_name;
  const time = formatDateTime(trashed.deleted_at);
  return (
    <Box component="li" sx={ROW}>
      <Box sx={{ flex: "1 1 15rem", minWidth: 0 }}>
        <Typography variant="subtitle2" noWrap dir="auto" title={name}>
          {name}
        </Typography>
        <Facts trashed={trashed} days={days} />
      </Box>
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 0.5, mx: -0.75 }}>
        <Button
          size="small"
          startIcon={<UndoIcon />}
          aria-label={t("trash.restoreOf", { name, time })}
          loading={isRestoring}
          onClick={onRestore}
        >
          {t("trash.restore")}
        </Button>
        <Button
          size="small"
          color="error"
          aria-label={t("trash.purgeOf", { name, time })}
          onClick={onPurge}
        >
          {t("trash.purge")}
        </Button>
      </Box>
    </Box>
  );
}

type FactsProps = Pick<TrashRowProps, "trashed" | "days">;

function Facts({ trashed: { session, deleted_at: deletedAt }, days }: FactsProps) {
  const { data: agents = [] } = useAgents();
  const clock = useNow();
  const agent = agents.find((each) => each.agent_id === session.agent_id);
  const deleted = Date.parse(deletedAt);
  const now = Math.max(clock, deleted); // the page's clock goes by the minute
  const left = Math.ceil((deleted + days * DAY_MS - now) / DAY_MS);
  return (
    <Typography variant="caption" component="p" sx={{ color: "text.secondary" }}>
      {agent !== undefined && <bdi>{agentName(agent)} · </bdi>}
      {t("trash.deleted", { time: formatRelativeTime(deleted, now) })} ·{" "}
      <time dateTime={new Date(deleted + days * DAY_MS).toISOString()}>
        {left <= 1 ? t("trash.leftToday") : t("trash.left", { count: left })}
      </time>
    </Typography>
  );
}

const ROW = {
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  columnGap: 1,
  rowGap: 0.5,
  py: 1.25,
  borderBlockEnd: "1px solid",
  borderColor: "divider",
  "&:last-child": { border: 0 },
} as const;
