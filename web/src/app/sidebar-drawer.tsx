/** The sidebar of narrow screens: drawn in from the edge, gone once something was chosen. */
import Box from "@mui/material/Box";
import SwipeableDrawer from "@mui/material/SwipeableDrawer";
import { type ReactNode, useState } from "react";
import { useLocation } from "wouter";

import { t } from "@/i18n";

/** As wide as ui.md has the zone at the edge in which a swipe begins. */
const SWIPE_ZONE_PX = 24;

interface SidebarDrawerProps {
  readonly isOpen: boolean;
  readonly onOpen: (isOpen: boolean) => void;
  readonly children: ReactNode;
}

export function SidebarDrawer({ isOpen, onOpen, children }: SidebarDrawerProps) {
  const [location] = useLocation();
  const [openedAt, setOpenedAt] = useState(location);
  if (openedAt !== location) {
    setOpenedAt(location);
    if (isOpen) onOpen(false);
  }
  return (
    <SwipeableDrawer
      open={isOpen}
      onOpen={() => onOpen(true)}
      onClose={() => onOpen(false)}
      swipeAreaWidth={SWIPE_ZONE_PX}
      slotProps={{
        paper: {
          "aria-label": t("sessions.list"),
          sx: { width: "min(320px, calc(100vw - 48px))", bgcolor: "surface.sidebar" },
        },
      }}
    >
      <Box component="nav" aria-label={t("sessions.list")} sx={NAV}>
        {children}
      </Box>
    </SwipeableDrawer>
  );
}

const NAV = { display: "flex", flexDirection: "column", height: 1 } as const;
