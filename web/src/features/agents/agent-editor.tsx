/** Making an agent and changing one: the same form, with another end. */
import Button from "@mui/material/Button";
import { useState } from "react";
import { useLocation } from "wouter";

import { useAccount } from "@/api/account-queries";
import { useAgent, useCreateAgent, useDeleteAgent, useModels, useUpdateAgent } from "@/api/queries";
import type { Agent } from "@/api/types";
import { agentName } from "@/components/agent-name";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { reasonOf } from "@/components/error-text";
import { InlineAlert } from "@/components/inline-alert";
import { notify } from "@/components/notices";
import { paths } from "@/components/paths";
import { TurnsSkeleton } from "@/components/skeletons";
import { t } from "@/i18n/settings";

import { configOf, draftOf, newDraft, patchOf } from "./agent-draft";
import { AgentForm } from "./agent-form";
import { AgentNotFound } from "./agent-not-found";
import { SharedSwitch } from "./agent-sharing";

export function NewAgent() {
  const [, navigate] = useLocation();
  const create = useCreateAgent();
  const models = useModels();
  if (models.isPending) return <TurnsSkeleton turns={1} />;
  // A real model before the demo, which is only there to try things out.
  const model = models.data?.models.find((one) => !one.is_demo) ?? models.data?.models[0];
  return (
    <AgentForm
      initial={newDraft(model?.id ?? "")}
      isSaving={create.isPending}
      error={create.error}
      save={t("agents.create")}
      onSave={(draft) =>
        create.mutate(configOf(draft), {
          onSuccess: (agent) => {
            notify(t("agents.created", { name: agentName(agent) }));
            navigate(paths.agent(agent.agent_id));
          },
        })
      }
    />
  );
}

export function EditAgent({ agentId }: { readonly agentId: string }) {
  const { data: agent, error, isPlaceholderData } = useAgent(agentId);
  // Of another's agent, the list has less than an admin is to change.
  if (agent !== undefined && !(isPlaceholderData && agent.access !== "own"))
    return agent.access === "own" ? (
      <AgentEditor key={agent.agent_id} agent={agent} />
    ) : (
      <OthersAgent key={agent.agent_id} agent={agent} />
    );
  return error === null ? <TurnsSkeleton turns={1} /> : <AgentNotFound error={error} />;
}

function OthersAgent({ agent }: { readonly agent: Agent }) {
  const account = useAccount();
  const isShared = agent.access === "shared";
  if (account.isPending) return <TurnsSkeleton turns={1} />;
  if (isShared && account.data?.user.role === "admin") return <AgentEditor agent={agent} />;
  return (
    <InlineAlert
      severity="info"
      title={t("agents.othersTitle")}
      actions={!isShared && <DeleteAgent agent={agent} />}
    >
      {t(isShared ? "agents.othersText" : "agents.withdrawnText")}
    </InlineAlert>
  );
}

function AgentEditor({ agent }: { readonly agent: Agent }) {
  const [, navigate] = useLocation();
  const update = useUpdateAgent();
  const { agent_id: agentId, agent_config: config } = agent;
  return (
    <AgentForm
      initial={draftOf(config)}
      isSaving={update.isPending}
      error={update.error}
      save={t("action.save")}
      onSave={(draft) =>
        update.mutate(
          { agentId, patch: patchOf(config, draft) },
          { onSuccess: (saved) => notify(t("agents.saved", { name: agentName(saved) })) },
        )
      }
    >
      <Button color="inherit" onClick={() => navigate(paths.agent(agentId))}>
        {t("sessions.new")}
      </Button>
      <DeleteAgent agent={agent} />
      <SharedSwitch agent={agent} />
    </AgentForm>
  );
}

function DeleteAgent({ agent }: { readonly agent: Agent }) {
  const [isAsked, setAsked] = useState(false);
  const [, navigate] = useLocation();
  const remove = useDeleteAgent();
  const name = agentName(agent);
  return (
    <>
      <Button color="error" onClick={() => setAsked(true)} sx={{ marginInlineStart: "auto" }}>
        {t("agents.delete")}
      </Button>
      <ConfirmDialog
        open={isAsked}
        title={t("agents.deleteTitle", { name })}
        confirm={t("action.delete")}
        pending={remove.isPending}
        onClose={() => setAsked(false)}
        onConfirm={() =>
          remove.mutate(agent.agent_id, {
            onSuccess: () => {
              notify(t("agents.deleted", { name }));
              navigate(paths.agents);
            },
          })
        }
      >
        {remove.error === null ? t("agents.deleteText") : reasonOf(remove.error)}
      </ConfirmDialog>
    </>
  );
}
