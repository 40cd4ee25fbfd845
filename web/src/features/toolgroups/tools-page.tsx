/** The tools that agents can be given: those of MCP servers, which are added here, and those of this server. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useState } from "react";

import { useToolgroups, useTools } from "@/api/tool-queries";
import { EmptyState } from "@/components/empty-state";
import { NotLoaded } from "@/components/not-loaded";
import { SessionRowsSkeleton } from "@/components/skeletons";
import { t } from "@/i18n/tools";
import { PlugIcon, PlusIcon } from "@/icons/icons";
import { type GroupOfTools, withTools } from "@/tools/tool-groups";

import { AddServer } from "./add-server";
import { GroupCard } from "./group-card";

export function ToolsPage() {
  const groups = useToolgroups();
  const tools = useTools();
  const error = groups.error ?? tools.error;
  if (error !== null)
    return <NotLoaded title={t("tools.notLoaded")} error={error} onRetry={groups.refetch} />;
  if (groups.data === undefined || tools.data === undefined) return <SessionRowsSkeleton />;
  const all = withTools(groups.data, tools.data);
  return (
    <Box sx={{ display: "grid", gap: 4 }}>
      <Servers groups={all.filter(({ group }) => group.provider === "mcp")} />
      <Box component="section" aria-labelledby="own-tools" sx={SECTION}>
        <Typography id="own-tools" variant="h2">
          {t("tools.own")}
        </Typography>
        <Groups groups={all.filter(({ group }) => group.provider !== "mcp")} />
      </Box>
    </Box>
  );
}

function Servers({ groups }: { readonly groups: readonly GroupOfTools[] }) {
  const [isAdding, setAdding] = useState(false);
  const add = (
    <Button variant="contained" startIcon={<PlusIcon />} onClick={() => setAdding(true)}>
      {t("tools.addServer")}
    </Button>
  );
  return (
    <Box component="section" aria-labelledby="mcp-servers" sx={SECTION}>
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1, alignItems: "center" }}>
        <Typography id="mcp-servers" variant="h2" sx={{ flex: 1 }}>
          {t("tools.servers")}
        </Typography>
        {groups.length > 0 && add}
      </Box>
      {groups.length === 0 ? (
        <EmptyState icon={<PlugIcon fontSize="inherit" />} title={t("tools.none")} actions={add}>
          {t("tools.noneText")}
        </EmptyState>
      ) : (
        <Groups groups={groups} />
      )}
      {isAdding && <AddServer onClose={() => setAdding(false)} />}
    </Box>
  );
}

function Groups({ groups }: { readonly groups: readonly GroupOfTools[] }) {
  return groups.map((one) => <GroupCard key={one.group.toolgroup_id} {...one} />);
}

const SECTION = { display: "grid", gap: 1.5 } as const;
