/** One deed: what, by whom, when, how it ended; the ids of what it was done to unfold. */
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import Typography from "@mui/material/Typography";

import type { AuditEntry, User } from "@/api/types";
import { Disclosure } from "@/components/disclosure";
import { formatDateTime } from "@/i18n";
import { deedIn, t } from "@/i18n/account-server";
import { MONO } from "@/theme/theme";

interface Props {
  readonly entry: AuditEntry;
  readonly users: readonly User[];
}

export function DeedRow({ entry, users }: Props) {
  const { at, action, actor, owner, outcome, via, address } = entry;
  const whose =
    owner !== "" && owner !== actor ? t("audit.theirs", { name: nameOf(owner, users) }) : "";
  const circumstances = [
    formatDateTime(at),
    via === "key" || via === "jwt" || via === "proxy" ? t(`audit.via.${via}`) : "",
    address === "" ? "" : t("audit.from", { address }),
  ];
  return (
    <Box component="li" sx={ROW}>
      <Disclosure
        summary={
          <Box component="span" sx={SUMMARY}>
            <Box component="span" sx={LINE}>
              <Typography variant="subtitle2" component="span" dir="auto">
                {nameOf(actor, users)}
              </Typography>
              <span>
                {deedIn(action)} {whose}
              </span>
              {outcome !== "done" && (
                <Chip
                  component="span"
                  size="small"
                  color={outcome === "failed" ? "error" : "warning"}
                  variant="outlined"
                  label={t(`audit.${outcome}`)}
                />
              )}
            </Box>
            <Typography variant="caption" component="span" sx={{ color: "text.secondary" }}>
              {circumstances.filter((part) => part !== "").join(" · ")}
            </Typography>
          </Box>
        }
      >
        <Details entry={entry} />
      </Disclosure>
    </Box>
  );
}

function Details({ entry: { subject, code, request_id: request } }: Pick<Props, "entry">) {
  const facts = [
    ...Object.entries(subject),
    ...(code === null ? [] : [[t("audit.code"), code] as const]),
    ...(request === "" ? [] : [[t("audit.request"), request] as const]),
  ];
  return (
    <Box component="dl" sx={FACTS}>
      {facts.map(([name, value]) => (
        <Box key={name} sx={{ display: "contents" }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Box>
      ))}
    </Box>
  );
}

function nameOf(userId: string, users: readonly User[]): string {
  const known = users.find((user) => user.user_id === userId);
  if (known !== undefined) return known.name;
  if (userId === "server") return t("audit.server");
  return userId === "" ? t("audit.nobody") : t("audit.gone", { id: userId.slice(0, 8) });
}

const ROW = {
  py: 0.75,
  borderBlockEnd: "1px solid",
  borderColor: "divider",
  "&:last-child": { border: 0 },
} as const;

const SUMMARY = { display: "grid", py: 0.5, color: "text.primary" } as const;

const LINE = { display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 1 } as const;

const FACTS = {
  display: "grid",
  gridTemplateColumns: "auto 1fr",
  columnGap: 2,
  m: 0,
  pb: 0.5,
  typography: "caption",
  overflowWrap: "anywhere",
  "& dt": { color: "text.secondary" },
  "& dd": { m: 0, fontFamily: MONO },
} as const;
