/** The agents to choose from, and the ways to change one and to make one. */
import Box from "@mui/material/Box";
import Divider from "@mui/material/Divider";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import Typography from "@mui/material/Typography";
import { useLocation } from "wouter";

import { useAgents } from "@/api/queries";
import type { Agent } from "@/api/types";
import { agentName, modelName } from "@/components/agent-name";
import { paths } from "@/components/paths";
import { t } from "@/i18n";
import { CheckIcon, EditIcon, PlusIcon } from "@/icons/icons";

import { agentMark } from "./agent-mark";

interface AgentMenuProps {
  readonly agent: Agent;
  readonly anchor: HTMLElement;
  readonly onClose: () => void;
}

export function AgentMenu({ agent, anchor, onClose }: AgentMenuProps) {
  const [, navigate] = useLocation();
  const { data: agents = [agent] } = useAgents();
  const go = (path: string) => {
    onClose();
    navigate(path);
  };
  return (
    <Menu
      open
      anchorEl={anchor}
      onClose={onClose}
      slotProps={{ list: { "aria-label": t("agents.title") }, paper: { sx: { maxWidth: 320 } } }}
    >
      {agents.map((one) => (
        <MenuItem
          key={one.agent_id}
          selected={one.agent_id === agent.agent_id}
          onClick={() => go(paths.agent(one.agent_id))}
        >
          <AgentOption agent={one} isCurrent={one.agent_id === agent.agent_id} />
        </MenuItem>
      ))}
      <Divider sx={{ my: 0.5 }} />
      <MenuItem onClick={() => go(paths.editAgent(agent.agent_id))}>
        <EditIcon sx={{ fontSize: 18 }} />
        {t("agents.editCurrent")}
      </MenuItem>
      <MenuItem onClick={() => go(paths.newAgent)}>
        <PlusIcon sx={{ fontSize: 18 }} />
        {t("agents.new")}
      </MenuItem>
    </Menu>
  );
}

function AgentOption({ agent, isCurrent }: { readonly agent: Agent; readonly isCurrent: boolean }) {
  return (
    <>
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Typography variant="body2" noWrap dir="auto">
          {agentName(agent)}
        </Typography>
        <Typography variant="caption" noWrap component="div" sx={{ color: "text.secondary" }}>
          {[modelName(agent.agent_config.model), agentMark(agent)].filter(Boolean).join(" · ")}
        </Typography>
      </Box>
      {isCurrent && <CheckIcon sx={{ fontSize: 18, color: "primary.main" }} />}
    </>
  );
}
