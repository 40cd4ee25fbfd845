/** Goes on with a shared talk in a session of one's own, with an agent of one's own. */
import Button from "@mui/material/Button";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";

import { listAgents } from "@/api/client";
import { keys } from "@/api/keys";
import { useForkShared } from "@/api/share-queries";
import type { Agent } from "@/api/types";
import { agentName } from "@/components/agent-name";
import { reasonOf } from "@/components/error-text";
import { notify } from "@/components/notices";
import { paths } from "@/components/paths";
import { t } from "@/i18n/shares";

export function ContinueButton({ token }: { readonly token: string }) {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [agents, setAgents] = useState<readonly Agent[]>([]);
  const { mutateAsync, isPending } = useForkShared(token);

  const fork = async (agentId: string) => {
    setAnchor(null);
    const session = await mutateAsync(agentId);
    navigate(paths.session(agentId, session.session_id));
  };
  /** Who reads by a link need not have an account: agents are asked for by whoever goes on. */
  const begin = async (button: HTMLElement) => {
    const queryFn = () => listAgents();
    const found = await client.query({ queryKey: keys.agents, queryFn });
    const [only] = found;
    setAgents(found);
    if (only === undefined) notify(t("shared.noAgents"));
    else if (found.length === 1) await fork(only.agent_id);
    else setAnchor(button);
  };
  const tell = (error: unknown) => notify(t("shared.notContinued", { reason: reasonOf(error) }));
  return (
    <>
      <Button
        variant="contained"
        loading={isPending}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={({ currentTarget }) => void begin(currentTarget).catch(tell)}
      >
        {t("shared.continue")}
      </Button>
      <Menu
        open={anchor !== null}
        anchorEl={anchor}
        onClose={() => setAnchor(null)}
        slotProps={{ list: { "aria-label": t("shared.continueWith") } }}
      >
        {agents.map((agent) => (
          <MenuItem key={agent.agent_id} onClick={() => void fork(agent.agent_id).catch(tell)}>
            {agentName(agent)}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
