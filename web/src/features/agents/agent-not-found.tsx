/** An address that leads to no agent, or to one that cannot be had now; the agents there are. */
import Button from "@mui/material/Button";
import { Link } from "wouter";

import { isForbidden, isNotFound } from "@/api/errors";
import { useAgents } from "@/api/queries";
import { agentName } from "@/components/agent-name";
import { EmptyState } from "@/components/empty-state";
import { reasonOf } from "@/components/error-text";
import { paths } from "@/components/paths";
import { t } from "@/i18n/lost";
import { AgentIcon } from "@/icons/icons";

export function AgentNotFound({ error }: { readonly error: Error }) {
  const { data: agents = [] } = useAgents();
  const isGone = isNotFound(error);
  return (
    <EmptyState
      level="h1"
      icon={<AgentIcon fontSize="inherit" />}
      title={t(
        isGone ? "agents.notFound" : isForbidden(error) ? "forbidden.agent" : "agents.notLoaded",
      )}
      actions={
        <>
          {agents.map((agent) => (
            <Button
              key={agent.agent_id}
              component={Link}
              href={paths.agent(agent.agent_id)}
              variant="outlined"
            >
              {agentName(agent)}
            </Button>
          ))}
          <Button component={Link} href={paths.newAgent} variant="contained">
            {t("agents.new")}
          </Button>
        </>
      }
    >
      {isGone ? t("agents.notFoundText") : reasonOf(error)}
    </EmptyState>
  );
}
