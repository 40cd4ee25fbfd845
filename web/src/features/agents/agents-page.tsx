/** All agents: what each is for, and the ways to it. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import Paper from "@mui/material/Paper";
import Typography from "@mui/material/Typography";
import { Link } from "wouter";

import { useAgents } from "@/api/queries";
import type { Agent } from "@/api/types";
import { agentName } from "@/components/agent-name";
import { EmptyState } from "@/components/empty-state";
import { NotLoaded } from "@/components/not-loaded";
import { paths } from "@/components/paths";
import { SessionRowsSkeleton } from "@/components/skeletons";
import { t } from "@/i18n/settings";
import { AgentIcon, EditIcon, PlusIcon } from "@/icons/icons";

import { agentMark } from "./agent-mark";

export function AgentsPage() {
  const { data: agents, error, refetch } = useAgents();
  if (agents === undefined)
    return error === null ? (
      <SessionRowsSkeleton />
    ) : (
      <NotLoaded title={t("agents.notLoaded")} error={error} onRetry={refetch} />
    );
  const create = (
    <Button component={Link} href={paths.newAgent} variant="contained" startIcon={<PlusIcon />}>
      {t("agents.new")}
    </Button>
  );
  if (agents.length === 0)
    return (
      <EmptyState icon={<AgentIcon fontSize="inherit" />} title={t("agents.none")} actions={create}>
        {t("agents.noneText")}
      </EmptyState>
    );
  return (
    <Box sx={{ display: "grid", gap: 2 }}>
      <Box>{create}</Box>
      <Box component="ul" sx={{ display: "grid", gap: 1.5, m: 0, p: 0, listStyle: "none" }}>
        {agents.map((agent) => (
          <AgentCard key={agent.agent_id} agent={agent} />
        ))}
      </Box>
    </Box>
  );
}

function AgentCard({ agent }: { readonly agent: Agent }) {
  const { agent_id: agentId, agent_config: config, is_default: isDefault } = agent;
  const [name, mark] = [agentName(agent), agentMark(agent)];
  return (
    <Paper component="li" variant="outlined" sx={CARD}>
      <AgentIcon sx={{ color: "secondary.main" }} />
      <Box sx={{ flex: "1 1 14rem", minWidth: 0, overflowWrap: "anywhere" }}>
        <Typography
          component="h2"
          variant="h4"
          sx={{ display: "flex", gap: 1, alignItems: "center" }}
        >
          {name}
          {isDefault && <Chip size="small" label={t("agents.default")} />}
          {mark !== null && <Chip size="small" label={mark} />}
        </Typography>
        {config.description !== null && (
          <Typography variant="body2" sx={{ color: "text.secondary" }} dir="auto">
            {config.description}
          </Typography>
        )}
        <Typography variant="caption" sx={{ color: "text.secondary" }}>
          {config.model}
        </Typography>
      </Box>
      <Box sx={{ display: "flex", gap: 1 }}>
        <Button component={Link} href={paths.agent(agentId)} variant="outlined">
          {t("sessions.new")}
        </Button>
        <Button
          component={Link}
          href={paths.editAgent(agentId)}
          color="inherit"
          aria-label={t("agents.editNamed", { name })}
          startIcon={<EditIcon />}
        >
          {t("agents.edit")}
        </Button>
      </Box>
    </Paper>
  );
}

const CARD = {
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  gap: 2,
  p: 2,
  borderRadius: "12px",
} as const;
