/** Above a shared talk: what it is, since when and until when it is shown, and how to go on with it. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { Link } from "wouter";

import type { SharedSession } from "@/api/types";
import { paths } from "@/components/paths";
import { formatDateTime } from "@/i18n";
import { t } from "@/i18n/shares";
import { Mark } from "@/icons/wordmark";

import { ContinueButton } from "./continue-button";

interface Props {
  readonly token: string;
  readonly session: SharedSession;
  readonly turnCount: number;
}

export function SharedHead({ token, session, turnCount }: Props) {
  return (
    <Box component="header" sx={HEAD}>
      <title>{session.session_name}</title>
      <Box component={Link} href={paths.home} aria-label="Tertulia" sx={HOME}>
        <Mark size={22} />
      </Box>
      <Box sx={{ flex: "1 1 22rem", minWidth: 0 }}>
        <Typography variant="h1" dir="auto" sx={{ overflowWrap: "anywhere", textWrap: "balance" }}>
          {session.session_name}
        </Typography>
        <Typography variant="body2" sx={{ color: "text.secondary", mt: 0.5 }}>
          {factsOf(session, turnCount)}
        </Typography>
      </Box>
      <Box sx={ACTIONS}>
        <ContinueButton token={token} />
        <Button color="inherit" onClick={() => print()}>
          {t("shared.print")}
        </Button>
      </Box>
    </Box>
  );
}

function factsOf(session: SharedSession, count: number): string {
  const { live, shared_at, expires_at, shared_by: name } = session;
  const date = formatDateTime(shared_at);
  const said =
    name === null
      ? t(live ? "shared.liveBanner" : "shared.banner", { date, count })
      : t(live ? "shared.liveBannerBy" : "shared.bannerBy", { date, count, name });
  if (expires_at === null) return said;
  return `${said} · ${t("shared.expires", { date: formatDateTime(expires_at) })}`;
}

const HEAD = {
  display: "flex",
  flexWrap: "wrap",
  alignItems: "flex-start",
  columnGap: 1.5,
  rowGap: 1.5,
  pt: 4,
  pb: 2.5,
  mb: 3,
  borderBlockEnd: "1px solid",
  borderColor: "divider",
} as const;

const HOME = {
  display: "flex",
  p: 0.5,
  mt: 0.25,
  color: "inherit",
  borderRadius: "8px",
  "&:focus-visible": { outline: "2px solid", outlineColor: "primary.main" },
} as const;

const ACTIONS = {
  display: "flex",
  flexWrap: "wrap",
  gap: 1,
  "@media print": { display: "none" },
} as const;
