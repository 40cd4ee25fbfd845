/** The line above every page: the way to the sidebar when it is hidden, and what the page puts there. */
import Box from "@mui/material/Box";
import type { ReactNode } from "react";

import { ActionButton } from "@/components/action-button";
import { SHORTCUTS } from "@/components/shortcuts";
import { t } from "@/i18n";
import { MenuIcon, SidebarIcon } from "@/icons/icons";

import { useFrame } from "./frame-context";

export function PageHead({ children }: { readonly children?: ReactNode }) {
  const { isNarrow, isSidebarOpen, toggleSidebar } = useFrame();
  if (!isNarrow && isSidebarOpen && children === undefined) return null;
  return (
    <Box component="header" sx={HEAD}>
      {isNarrow ? (
        <ActionButton label={t("frame.openSidebar")} icon={<MenuIcon />} onClick={toggleSidebar} />
      ) : (
        !isSidebarOpen && (
          <ActionButton
            label={t("frame.openSidebar")}
            icon={<SidebarIcon sx={{ fontSize: 20 }} />}
            shortcut={SHORTCUTS.toggleSidebar}
            onClick={toggleSidebar}
          />
        )
      )}
      {children}
    </Box>
  );
}

const HEAD = {
  flex: "none",
  display: "flex",
  alignItems: "center",
  gap: 0.5,
  minHeight: 52,
  px: 1.5,
  "@media (pointer: coarse)": { "& .MuiIconButton-root": { width: 44, height: 44 } },
} as const;
