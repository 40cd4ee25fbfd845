/** What this is, and which version of it: what a bug report needs. */
import Box from "@mui/material/Box";
import Link from "@mui/material/Link";
import Typography from "@mui/material/Typography";

import { useConfig } from "@/api/queries";
import { t } from "@/i18n/settings";
import { Wordmark } from "@/icons/wordmark";

export function AboutPage() {
  const { data } = useConfig();
  return (
    <Box sx={{ display: "grid", gap: 2, justifyItems: "start" }}>
      <Wordmark />
      <Typography variant="body1">{t("about.text")}</Typography>
      {data !== undefined && (
        <Box component="dl" sx={FACTS}>
          <dt>{t("about.version")}</dt>
          <dd>{data.version}</dd>
          <dt>{t("about.build")}</dt>
          <dd>{data.build}</dd>
        </Box>
      )}
      <Typography variant="body2">{t("about.licence")}</Typography>
      <Link href="/v1/openapi.json" variant="body2">
        {t("about.api")}
      </Link>
    </Box>
  );
}

const FACTS = {
  display: "grid",
  gridTemplateColumns: "auto 1fr",
  columnGap: 3,
  rowGap: 0.5,
  m: 0,
  typography: "body2",
  overflowWrap: "anywhere",
  "& dt": { color: "text.secondary" },
  "& dd": { m: 0 },
} as const;
