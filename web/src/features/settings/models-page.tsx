/** Which model servers there are, how they do, what they offer, and how to connect one more. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import Paper from "@mui/material/Paper";
import Typography from "@mui/material/Typography";

import { useModels } from "@/api/queries";
import type { Model, ModelServer } from "@/api/types";
import { reasonOf } from "@/components/error-text";
import { InlineAlert } from "@/components/inline-alert";
import { SessionRowsSkeleton } from "@/components/skeletons";
import { t } from "@/i18n/settings";
import { RetryIcon, ServerIcon } from "@/icons/icons";

import { ConnectModel } from "./connect-model";

export function ModelsPage() {
  const { data, error, isFetching, refetch } = useModels();
  const again = (
    <Button
      variant="outlined"
      color="inherit"
      startIcon={<RetryIcon />}
      loading={isFetching}
      loadingPosition="start"
      onClick={() => void refetch()}
    >
      {t("models.refresh")}
    </Button>
  );
  return (
    <Box sx={{ display: "grid", gap: 2 }}>
      <Box>{again}</Box>
      {error !== null && (
        <InlineAlert severity="error" title={t("models.notLoaded")}>
          {reasonOf(error)}
        </InlineAlert>
      )}
      {data === undefined && error === null && <SessionRowsSkeleton />}
      {data?.servers.map((server) => (
        <Server
          key={server.name}
          server={server}
          models={data.models.filter((model) => model.server === server.name)}
        />
      ))}
      <Typography variant="h2" sx={{ mt: 3 }}>
        {t("connect.title")}
      </Typography>
      <ConnectModel />
    </Box>
  );
}

const TONES = { ready: "success", unreachable: "error", unauthorized: "warning" } as const;

interface ServerProps {
  readonly server: ModelServer;
  readonly models: readonly Model[];
}

function Server({ server, models }: ServerProps) {
  const { name, url, status, detail, is_demo: isDemo } = server;
  return (
    <Paper
      variant="outlined"
      component="section"
      aria-label={name}
      sx={{ p: 2, borderRadius: "12px" }}
    >
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1.5 }}>
        <ServerIcon sx={{ color: "text.secondary" }} />
        <Box sx={{ flex: "1 1 10rem", minWidth: 0, overflowWrap: "anywhere" }}>
          <Typography variant="h4" component="h2">
            {name}
          </Typography>
          <Typography variant="caption" sx={{ color: "text.secondary" }}>
            {isDemo ? t("models.demoHint") : url}
          </Typography>
        </Box>
        {isDemo && <Chip size="small" color="secondary" label={t("models.demo")} />}
        <Chip size="small" variant="outlined" color={TONES[status]} label={t(`models.${status}`)} />
      </Box>
      {detail !== null && (
        <Typography variant="body2" sx={{ mt: 1, color: "text.secondary" }}>
          {detail}
        </Typography>
      )}
      {models.length > 0 && (
        <Box component="ul" aria-label={t("models.offered", { server: name })} sx={MODELS}>
          {models.map((model) => (
            <Chip key={model.id} component="li" size="small" label={model.name} />
          ))}
        </Box>
      )}
    </Paper>
  );
}

const MODELS = {
  display: "flex",
  flexWrap: "wrap",
  gap: 1,
  m: 0,
  mt: 1.5,
  p: 0,
  listStyle: "none",
} as const;
