/** Whether the server takes work, which version it is, who may come in, and who answers for it. */
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import Link from "@mui/material/Link";
import { Link as RouteLink } from "wouter";

import { useReadiness } from "@/api/account-server";
import { useConfig, useModels } from "@/api/queries";
import type { Models } from "@/api/types";
import { paths } from "@/components/paths";
import { t } from "@/i18n/account-server";

import { Part } from "./part";

export function ServerState() {
  const { data: config } = useConfig();
  const { data: models } = useModels();
  return (
    <Part title={t("server.state")} text={t("server.stateText")}>
      <Box component="dl" sx={FACTS}>
        <dt>{t("server.work")}</dt>
        <dd>
          <Work />
        </dd>
        {config !== undefined && (
          <>
            <dt>{t("server.version")}</dt>
            <dd>{config.version}</dd>
            <dt>{t("server.access")}</dt>
            <dd>{t(`server.${config.auth}`)}</dd>
          </>
        )}
        {models !== undefined && (
          <>
            <dt>{t("server.models")}</dt>
            <dd>
              {answering(models)}{" "}
              <Link component={RouteLink} href={paths.models}>
                {t("server.modelsLink")}
              </Link>
            </dd>
          </>
        )}
      </Box>
    </Part>
  );
}

/** What is asked again and again is not waited for: it says what was true last. */
function Work() {
  const { data, error } = useReadiness();
  if (error !== null) return <Chip size="small" color="error" label={t("server.silent")} />;
  if (data === undefined) return <>{t("loading")}</>;
  const tone = { ready: "success", draining: "warning", storage_unavailable: "error" } as const;
  return (
    <Chip
      size="small"
      variant="outlined"
      color={tone[data.status]}
      label={t(`server.${data.status}`)}
    />
  );
}

function answering({ servers }: Models): string {
  const ready = servers.filter((server) => server.status === "ready").length;
  return t("server.modelsAnswer", { ready, count: servers.length });
}

const FACTS = {
  display: "grid",
  gridTemplateColumns: { xs: "1fr", sm: "auto 1fr" },
  columnGap: 4,
  rowGap: { xs: 0.25, sm: 1 },
  alignItems: "center",
  m: 0,
  typography: "body2",
  overflowWrap: "anywhere",
  "& dt": { color: "text.secondary" },
  "& dd": { m: 0, mb: { xs: 1.25, sm: 0 } },
} as const;
