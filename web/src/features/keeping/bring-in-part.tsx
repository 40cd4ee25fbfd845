/** Choose files or drop them, see how far they are, and what came of them. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import LinearProgress from "@mui/material/LinearProgress";
import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { type ChangeEvent, useRef, useState } from "react";

import { useAgents } from "@/api/queries";
import { agentName } from "@/components/agent-name";
import { VisuallyHidden } from "@/components/visually-hidden";
import { t } from "@/i18n/keeping";

import { FileTarget } from "./file-target";
import { ReportView } from "./report-view";
import { useBringIn } from "./use-bring-in";

/** The choice that is no agent. */
const OWN = "own";

export function BringIn() {
  const { data: agents = [] } = useAgents();
  const [agentId, setAgentId] = useState(OWN);
  const { running, report, start, stop } = useBringIn();
  const take = (files: readonly File[]) => start(files, agentId === OWN ? null : agentId);
  return (
    <>
      <TextField
        select
        size="small"
        label={t("data.with")}
        value={agentId}
        disabled={running !== null}
        onChange={(change) => setAgentId(change.target.value)}
        sx={{ width: "min(360px, 100%)", mt: 0.5 }}
      >
        <MenuItem value={OWN}>{t("data.ownAgent")}</MenuItem>
        {agents.map((agent) => (
          <MenuItem key={agent.agent_id} value={agent.agent_id} dir="auto">
            {agentName(agent)}
          </MenuItem>
        ))}
      </TextField>
      {running === null ? (
        <FileTarget onFiles={take}>
          <Chooser onFiles={take} />
        </FileTarget>
      ) : (
        <Running share={running.share} name={running.name} onStop={stop} />
      )}
      {report !== null && running === null && <ReportView report={report} />}
    </>
  );
}

function Chooser({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const choose = ({ target }: ChangeEvent<HTMLInputElement>) => {
    onFiles([...(target.files ?? [])]);
    target.value = ""; // the same file can be chosen again
  };
  return (
    <>
      <Button variant="outlined" color="inherit" onClick={() => input.current?.click()}>
        {t("data.choose")}
      </Button>
      <VisuallyHidden>
        <input
          ref={input}
          type="file"
          multiple
          accept=".json,.gz,.tgz,application/json,application/gzip"
          tabIndex={-1}
          aria-label={t("data.choose")}
          onChange={choose}
        />
      </VisuallyHidden>
    </>
  );
}

interface RunningProps {
  readonly share: number;
  readonly name: string;
  readonly onStop: () => void;
}

function Running({ share, name, onStop }: RunningProps) {
  return (
    <Box sx={{ width: 1, display: "flex", alignItems: "center", gap: 2 }}>
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Typography variant="body2" noWrap sx={{ mb: 0.75 }}>
          {t("data.reading", { name })}
        </Typography>
        <LinearProgress
          variant="determinate"
          value={Math.round(share * 100)}
          aria-label={t("data.progress")}
        />
      </Box>
      <Button color="inherit" onClick={onStop}>
        {t("data.stop")}
      </Button>
    </Box>
  );
}
