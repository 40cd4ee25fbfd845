/** What the sidebar holds: the name, the sessions, and the ways to all else. */
import Box from "@mui/material/Box";
import { useState } from "react";
import { Link } from "wouter";

import { useAgent } from "@/api/queries";
import { ActionButton } from "@/components/action-button";
import { paths } from "@/components/paths";
import { SHORTCUTS } from "@/components/shortcuts";
import { SessionRowsSkeleton } from "@/components/skeletons";
import { AgentPicker } from "@/features/agents/agent-picker";
import { Sidebar } from "@/features/sessions/sidebar";
import { t } from "@/i18n";
import {
  ArchiveIcon,
  DeleteIcon,
  KeyboardIcon,
  SearchIcon,
  SettingsIcon,
  SidebarIcon,
} from "@/icons/icons";
import { Wordmark } from "@/icons/wordmark";

import { useFrame } from "./frame-context";

interface SidebarPanelProps {
  readonly agentId: string | null;
  readonly openId: string | null;
}

export function SidebarPanel({ agentId, openId }: SidebarPanelProps) {
  const [isArchive, setArchive] = useState(false);
  const { isNarrow } = useFrame();
  return (
    <>
      <Head />
      {agentId === null ? (
        <SessionRowsSkeleton />
      ) : (
        <Sidebar agentId={agentId} openId={openId} isArchive={isArchive} onArchive={setArchive}>
          {isNarrow && <SidebarAgent agentId={agentId} />}
        </Sidebar>
      )}
      <Foot isArchive={isArchive} onArchive={setArchive} />
    </>
  );
}

function SidebarAgent({ agentId }: { readonly agentId: string }) {
  const { data: agent } = useAgent(agentId);
  return agent === undefined ? null : <AgentPicker agent={agent} fullWidth />;
}

function Head() {
  const { toggleSidebar, showSearch, isNarrow } = useFrame();
  return (
    <Box sx={{ display: "flex", alignItems: "center", height: 52, px: 2, flex: "none" }}>
      <Box component={Link} href={paths.home} sx={{ color: "text.primary", borderRadius: "6px" }}>
        <Wordmark />
      </Box>
      <ActionButton
        label={t("sessions.search")}
        icon={<SearchIcon sx={{ fontSize: 20 }} />}
        shortcut={SHORTCUTS.search}
        aria-haspopup="dialog"
        onClick={showSearch}
        sx={{ marginInlineStart: "auto", color: "text.secondary" }}
      />
      <ActionButton
        label={t("frame.hideSidebar")}
        icon={<SidebarIcon sx={{ fontSize: 20 }} />}
        {...(!isNarrow && { shortcut: SHORTCUTS.toggleSidebar })}
        onClick={toggleSidebar}
        sx={{ color: "text.secondary" }}
      />
    </Box>
  );
}

interface FootProps {
  readonly isArchive: boolean;
  readonly onArchive: (isArchive: boolean) => void;
}

function Foot({ isArchive, onArchive }: FootProps) {
  const { showShortcuts } = useFrame();
  return (
    <Box sx={FOOT}>
      <ActionButton
        label={t("sessions.openArchive")}
        aria-pressed={isArchive}
        icon={<ArchiveIcon sx={{ fontSize: 20 }} />}
        tooltip="top"
        sx={isArchive ? { color: "primary.main", bgcolor: "action.selected" } : {}}
        onClick={() => onArchive(!isArchive)}
      />
      <ActionButton
        label={t("sessions.openTrash")}
        icon={<DeleteIcon sx={{ fontSize: 20 }} />}
        tooltip="top"
        href={paths.trash}
      />
      <ActionButton
        label={t("settings.title")}
        icon={<SettingsIcon sx={{ fontSize: 20 }} />}
        tooltip="top"
        href={paths.settings}
      />
      <ActionButton
        label={t("shortcuts.title")}
        icon={<KeyboardIcon sx={{ fontSize: 20 }} />}
        tooltip="top"
        shortcut={SHORTCUTS.help}
        onClick={showShortcuts}
        sx={{ marginInlineStart: "auto", "@media (hover: none)": { display: "none" } }}
      />
    </Box>
  );
}

const FOOT = {
  display: "flex",
  gap: 0.5,
  flex: "none",
  px: 1.5,
  py: 1,
  borderTop: 1,
  borderColor: "divider",
  color: "text.secondary",
  paddingBottom: "calc(var(--t-spacing) + env(safe-area-inset-bottom))",
  "@media (pointer: coarse)": { "& .MuiIconButton-root": { p: 1.5 } },
} as const;
