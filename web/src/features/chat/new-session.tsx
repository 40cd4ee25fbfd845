/** Before the first word: who the agent is, and how one may begin. */
import Box from "@mui/material/Box";
import ButtonBase from "@mui/material/ButtonBase";
import Typography from "@mui/material/Typography";

import type { Agent } from "@/api/types";
import { agentName } from "@/components/agent-name";
import { t } from "@/i18n";
import { Mark } from "@/icons/wordmark";

interface Props {
  readonly agent: Agent;
  readonly onStart: (text: string) => void;
}

export function NewSession({ agent, onStart }: Props) {
  const { description, starters } = agent.agent_config;
  return (
    <Box sx={PLACE}>
      <Box sx={{ m: "auto", width: 1, maxWidth: 640, py: 4, display: "grid", gap: 3 }}>
        <Box sx={{ display: "grid", justifyItems: "center", gap: 1.5, textAlign: "center" }}>
          <Mark size={44} />
          <Typography variant="h1" dir="auto">
            {agentName(agent)}
          </Typography>
          <Typography
            dir="auto"
            sx={{ color: "text.secondary", maxWidth: 480, textWrap: "balance" }}
          >
            {description ?? t("newSession.invite")}
          </Typography>
        </Box>
        <Starters starters={starters} onStart={onStart} />
      </Box>
    </Box>
  );
}

interface StartersProps {
  readonly starters: readonly string[];
  readonly onStart: (text: string) => void;
}

function Starters({ starters, onStart }: StartersProps) {
  if (starters.length === 0) return null;
  return (
    <Box component="ul" aria-label={t("newSession.starters")} sx={LIST}>
      {starters.map((starter) => (
        <li key={starter}>
          <ButtonBase dir="auto" onClick={() => onStart(starter)} sx={STARTER}>
            {starter}
          </ButtonBase>
        </li>
      ))}
    </Box>
  );
}

const PLACE = {
  flex: 1,
  minHeight: 0,
  overflowY: "auto",
  display: "flex",
  px: { xs: 2, sm: 3 },
} as const;

const LIST = {
  listStyle: "none",
  m: 0,
  p: 0,
  display: "grid",
  gap: 1,
  gridTemplateColumns: { xs: "1fr", sm: "1fr 1fr" },
  "& > li": { display: "flex" },
} as const;

const STARTER = {
  flex: 1,
  minHeight: 56,
  px: 2,
  py: 1.25,
  border: 1,
  borderColor: "divider",
  borderRadius: "12px",
  bgcolor: "background.paper",
  justifyContent: "flex-start",
  textAlign: "start",
  typography: "body2",
  "&:hover": { borderColor: "surface.outline", bgcolor: "surface.raised" },
} as const;
