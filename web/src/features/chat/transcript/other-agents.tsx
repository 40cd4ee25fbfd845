/**
 * Which other agent tries a turn again.
 *
 * The rule it keeps: a session has one agent, so what another one answers stands in a session of that
 * one's, which begins with the talk before the turn; this session stays as it is.
 */
import { useQueryClient } from "@tanstack/react-query";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import { useLocation } from "wouter";

import { forkSession } from "@/api/branch-client";
import { createSession, startTurn } from "@/api/client";
import { storeSession } from "@/api/queries";
import type { Agent, Turn } from "@/api/types";
import { agentName } from "@/components/agent-name";
import { reasonOf } from "@/components/error-text";
import { notify } from "@/components/notices";
import { paths } from "@/components/paths";
import { t } from "@/i18n/branches";
import { AgentIcon } from "@/icons/icons";
import { newKey } from "@/turn/new-key";

import { isOfUser } from "../use-branches";

interface Props {
  readonly turn: Turn;
  readonly agentId: string;
  readonly others: readonly Agent[];
  readonly anchor: HTMLElement;
  readonly onClose: () => void;
}

export function OtherAgents({ turn, agentId, others, anchor, onClose }: Props) {
  const ask = useAskElsewhere(turn, agentId);
  return (
    <Menu
      open
      anchorEl={anchor}
      onClose={onClose}
      slotProps={{
        list: { "aria-label": t("branch.retryElsewhere") },
        paper: { sx: { maxHeight: 360 } },
      }}
    >
      {others.map((agent) => (
        <MenuItem
          key={agent.agent_id}
          onClick={() => {
            onClose();
            void ask(agent);
          }}
        >
          <AgentIcon sx={ICON} />
          {t("branch.retryWith", { agent: agentName(agent) })}
        </MenuItem>
      ))}
    </Menu>
  );
}

/** Ask another agent the same, after the same talk, and go there. */
function useAskElsewhere(turn: Turn, agentId: string) {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  return async (other: Agent) => {
    const { session_id: sessionId, parent_turn_id: turnId } = turn;
    const key = newKey();
    try {
      const session =
        turnId === null
          ? await createSession(other.agent_id, key)
          : await forkSession({ agentId, sessionId, turnId }, other.agent_id);
      storeSession(client, session);
      const messages = turn.input_messages.filter(isOfUser);
      const place = { agentId: other.agent_id, sessionId: session.session_id };
      await startTurn({ ...place, messages, key });
      navigate(paths.session(place.agentId, place.sessionId));
      notify(t("branch.askedElsewhere", { agent: agentName(other) }));
    } catch (error) {
      notify(t("branch.notAskedElsewhere", { reason: reasonOf(error) }));
    }
  };
}

const ICON = { fontSize: 18 } as const;
