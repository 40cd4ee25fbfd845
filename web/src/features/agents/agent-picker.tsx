/** Which agent one talks with; choosing another begins a session with it. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { Suspense, useState } from "react";

import type { Agent } from "@/api/types";
import { agentName } from "@/components/agent-name";
import { late } from "@/components/late";
import { t } from "@/i18n";
import { ChevronDownIcon } from "@/icons/icons";

const AgentMenu = late(async () => (await import("./agent-menu")).AgentMenu);

interface AgentPickerProps {
  readonly agent: Agent;
  readonly fullWidth?: boolean;
}

export function AgentPicker({ agent, fullWidth = false }: AgentPickerProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const name = agentName(agent);
  return (
    <>
      <Button
        color="inherit"
        variant={fullWidth ? "outlined" : "text"}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        aria-label={t("agents.pick", { name })}
        endIcon={<ChevronDownIcon />}
        onPointerEnter={AgentMenu.soon}
        onClick={(click) => setAnchor(click.currentTarget)}
        sx={fullWidth ? { justifyContent: "space-between" } : { maxWidth: 220, flex: "none" }}
      >
        <Box
          component="span"
          dir="auto"
          sx={{ overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }}
        >
          {name}
        </Box>
      </Button>
      {anchor !== null && (
        <Suspense>
          <AgentMenu agent={agent} anchor={anchor} onClose={() => setAnchor(null)} />
        </Suspense>
      )}
    </>
  );
}
