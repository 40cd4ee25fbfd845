/** The sidebar of narrow screens: drawn in from the edge, gone once something was chosen. */
import Box from "@mui/material/Box";
import SwipeableDrawer from "@mui/material/SwipeableDrawer";
import { type ReactNode, useEffect, useEffectEvent, useRef } from "react";
import { useLocation } from "wouter";

import { t } from "@/i18n";

/** The zone at the edge in which a swipe begins. */
const SWIPE_ZONE_PX = 24;

interface SidebarDrawerProps {
  readonly isOpen: boolean;
  readonly onOpen: (isOpen: boolean) => void;
  readonly children: ReactNode;
}

export function SidebarDrawer({ isOpen, onOpen, children }: SidebarDrawerProps) {
  const [location] = useLocation();
  const shownAt = useRef(location);
  const close = useEffectEvent(() => onOpen(false));
  useEffect(() => {
    if (shownAt.current !== location) close();
    shownAt.current = location;
  }, [location]);
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
