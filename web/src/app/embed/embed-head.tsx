/** Above a talk in a frame: with whom, which session, and the beginning of a new one. */
import Box from "@mui/material/Box";
import { useLocation } from "wouter";

import type { Agent, Session } from "@/api/types";
import { ActionButton } from "@/components/action-button";
import { agentName } from "@/components/agent-name";
import { paths } from "@/components/paths";
import { VisuallyHidden } from "@/components/visually-hidden";
import { NEW_SESSION } from "@/features/sessions/new-session";
import { SessionSelector } from "@/features/sessions/session-selector";
import { t } from "@/i18n";
import { NewSessionIcon } from "@/icons/icons";

interface Props {
  readonly agent: Agent;
  /** Null: one that is not there yet. */
  readonly session: Session | null;
}

export function EmbedHead({ agent, session }: Props) {
  const [, navigate] = useLocation();
  const agentId = agent.agent_id;
  const name = agentName(agent);
  return (
    <Box component="header" sx={HEAD}>
      <VisuallyHidden as="h1">{session?.session_name ?? name}</VisuallyHidden>
      <Box sx={NAME} dir="auto" data-tip={name}>
        {name}
      </Box>
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <SessionSelector
          agentId={agentId}
          currentSession={session}
          onSessionChange={(id) =>
            navigate(id === NEW_SESSION ? paths.agent(agentId) : paths.session(agentId, id))
          }
        />
      </Box>
      <ActionButton
        label={t("sessions.new")}
        icon={<NewSessionIcon sx={{ fontSize: 20 }} />}
        href={paths.agent(agentId)}
      />
    </Box>
  );
}

const HEAD = {
  flex: "none",
  display: "flex",
  alignItems: "center",
  gap: 1.5,
  minHeight: 48,
  px: 1.5,
  borderBlockEnd: "1px solid",
  borderColor: "divider",
  "@media (pointer: coarse)": { "& .MuiIconButton-root": { width: 44, height: 44 } },
} as const;

/** Who it is stands there as long as there is room for which session it is. */
const NAME = {
  flex: "0 1 auto",
  maxWidth: "35%",
  overflow: "hidden",
  textOverflow: "ellipsis",
  whiteSpace: "nowrap",
  typography: "body2",
  color: "text.secondary",
} as const;
