/** What was done here, the newest first: by whom, of what kind, since when. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useState } from "react";

import { useAccount, useUsers } from "@/api/account-queries";
import { type AuditFilter, useAudit } from "@/api/account-server";
import type { User } from "@/api/types";
import { NotLoaded } from "@/components/not-loaded";
import { LIST } from "@/components/ruled-rows";
import { SelectField } from "@/components/select-field";
import { SessionRowsSkeleton } from "@/components/skeletons";
import { DEEDS, deedIn, t } from "@/i18n/account-server";

import { DeedRow } from "./deed-row";
import { Part } from "./part";

const EVERYTHING: AuditFilter = { actor: null, action: null, since: null };

export function AuditPart() {
  const [filter, setFilter] = useState(EVERYTHING);
  const { data: account } = useAccount();
  const isLocal = account?.via === "local";
  const { data = [] } = useUsers(account !== undefined && !isLocal);
  const users = isLocal ? [account.user] : data;
  const { data: entries, error, refetch, ...more } = useAudit(filter);
  const isAll = filter === EVERYTHING || Object.values(filter).every((value) => value === null);
  return (
    <Part title={t("audit.title")} text={t("audit.text")}>
      <Filters users={users} onChange={(change) => setFilter({ ...filter, ...change })} />
      {error !== null && <NotLoaded title={t("audit.notLoaded")} error={error} onRetry={refetch} />}
      {entries === undefined && error === null && <SessionRowsSkeleton />}
      {entries?.length === 0 && (
        <Typography variant="body2" role="status" sx={{ color: "text.secondary" }}>
          {t(isAll ? "audit.none" : "audit.noneSuch")}
        </Typography>
      )}
      {entries !== undefined && entries.length > 0 && (
        <Box component="ul" aria-label={t("audit.list")} sx={LIST}>
          {entries.map((entry) => (
            <DeedRow key={entry.entry_id} entry={entry} users={users} />
          ))}
        </Box>
      )}
      {more.hasNextPage && (
        <Button
          color="inherit"
          loading={more.isFetchingNextPage}
          onClick={() => void more.fetchNextPage()}
        >
          {t("audit.more")}
        </Button>
      )}
    </Part>
  );
}

/** A select wants a value for that, too. */
const ANY = "any";
const HOURS = { [ANY]: null, day: 24, week: 7 * 24, month: 30 * 24 } as const;
type Lasting = keyof typeof HOURS;

interface FiltersProps {
  readonly users: readonly User[];
  readonly onChange: (change: Partial<AuditFilter>) => void;
}

function Filters({ users, onChange }: FiltersProps) {
  const [action, setAction] = useState<string>(ANY);
  const [actor, setActor] = useState<string>(ANY);
  const [lasting, setLasting] = useState<Lasting>(ANY);
  const deeds = DEEDS.map((value) => ({ value, label: deedIn(value) }));
  return (
    <Box sx={FILTERS}>
      <SelectField<string>
        label={t("audit.what")}
        value={action}
        options={[
          { value: ANY, label: t("audit.all") },
          ...deeds.sort((one, other) => one.label.localeCompare(other.label)),
        ]}
        onChange={(value) => {
          setAction(value);
          onChange({ action: value === ANY ? null : value });
        }}
      />
      <SelectField<string>
        label={t("audit.who")}
        value={actor}
        options={[
          { value: ANY, label: t("audit.anybody") },
          ...users.map(({ user_id: value, name: label }) => ({ value, label })),
          { value: "server", label: t("audit.server") },
        ]}
        onChange={(value) => {
          setActor(value);
          onChange({ actor: value === ANY ? null : value });
        }}
      />
      <SelectField<Lasting>
        label={t("audit.when")}
        value={lasting}
        options={[
          { value: ANY, label: t("audit.ever") },
          { value: "day", label: t("audit.day") },
          { value: "week", label: t("audit.week") },
          { value: "month", label: t("audit.month") },
        ]}
        onChange={(value) => {
          setLasting(value);
          onChange({ since: beginOf(value) });
        }}
      />
    </Box>
  );
}

function beginOf(lasting: Lasting): string | null {
  const hours = HOURS[lasting];
  return hours === null ? null : new Date(Date.now() - hours * 3_600_000).toISOString();
}

const FILTERS = {
  display: "grid",
  gap: 2,
  gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 12rem), 1fr))",
} as const;
