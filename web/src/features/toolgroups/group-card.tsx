/** A group of tools: where it is, how it is, what it has, and what can be done about it. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Paper from "@mui/material/Paper";
import Typography from "@mui/material/Typography";
import { useState } from "react";

import { useRemoveToolgroup } from "@/api/tool-queries";
import type { Toolgroup } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Disclosure } from "@/components/disclosure";
import { reasonOf } from "@/components/error-text";
import { InlineAlert } from "@/components/inline-alert";
import { notify } from "@/components/notices";
import { t } from "@/i18n/tools";
import { PlugIcon, ToolIcon } from "@/icons/icons";
import { GroupStatus } from "@/tools/group-status";
import { groupName, type GroupOfTools } from "@/tools/tool-groups";
import { ToolRow } from "@/tools/tool-row";

import { AcceptChanges } from "./accept-changes";

export function GroupCard({ group, tools }: GroupOfTools) {
  const name = groupName(group.toolgroup_id);
  const isMcp = group.provider === "mcp";
  const Icon = isMcp ? PlugIcon : ToolIcon;
  return (
    <Paper variant="outlined" component="section" aria-label={name} sx={CARD}>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1.5 }}>
        <Icon sx={{ color: "text.secondary" }} />
        <Box sx={{ flex: "1 1 10rem", minWidth: 0, overflowWrap: "anywhere" }}>
          <Typography variant="h4" component="h3">
            {name}
          </Typography>
          <Typography variant="caption" sx={{ color: "text.secondary" }}>
            {placeOf(group)}
          </Typography>
        </Box>
        {isMcp && <GroupStatus status={group.status} />}
      </Box>
      {group.error !== null && (
        <InlineAlert severity="error" title={t("tools.noAnswer")}>
          {group.error}
        </InlineAlert>
      )}
      {group.status === "changed" && <AcceptChanges group={group} />}
      {tools.length > 0 && (
        <Disclosure summary={t("tools.count", { count: tools.length })}>
          <Box component="ul" aria-label={t("tools.of", { name })} sx={TOOLS}>
            {tools.map((tool) => (
              <ToolRow key={tool.name} tool={tool} />
            ))}
          </Box>
        </Disclosure>
      )}
      {isMcp && !group.is_configured && <Remove group={group} />}
    </Paper>
  );
}

function placeOf({ provider, mcp_endpoint: endpoint, approval, is_configured }: Toolgroup): string {
  if (provider !== "mcp") return t(`tools.provider.${provider}`);
  const place = endpoint?.uri ?? [endpoint?.command ?? "", ...(endpoint?.args ?? [])].join(" ");
  return [
    place,
    ...(approval === null ? [] : [t(`tools.rule.${approval}`)]),
    ...(is_configured ? [t("tools.configured")] : []),
  ].join(" · ");
}

function Remove({ group }: { readonly group: Toolgroup }) {
  const [isAsked, setAsked] = useState(false);
  const remove = useRemoveToolgroup();
  const name = group.toolgroup_id;
  return (
    <Box>
      <Button
        size="small"
        color="error"
        aria-label={t("tools.removeNamed", { name })}
        onClick={() => setAsked(true)}
        sx={{ marginInlineStart: -1 }}
      >
        {t("tools.remove")}
      </Button>
      <ConfirmDialog
        open={isAsked}
        title={t("tools.removeTitle", { name })}
        confirm={t("tools.remove")}
        pending={remove.isPending}
        onClose={() => setAsked(false)}
        onConfirm={() =>
          remove.mutate(name, {
            onSuccess: () => {
              notify(t("tools.removed", { name }));
              setAsked(false);
            },
          })
        }
      >
        {remove.error === null ? t("tools.removeText") : reasonOf(remove.error)}
      </ConfirmDialog>
    </Box>
  );
}

const CARD = { p: 2, borderRadius: "12px", display: "grid", gap: 1, minWidth: 0 } as const;

const TOOLS = { m: 0, p: 0, listStyle: "none" } as const;
