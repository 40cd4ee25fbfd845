/** The frame around every page: sidebar or drawer, main part, notices, and the keys that work everywhere. */
import Box from "@mui/material/Box";
import useMediaQuery from "@mui/material/useMediaQuery";
import { type ReactNode, Suspense, useMemo, useState } from "react";
import { useLocation } from "wouter";

import { InspectContext } from "@/components/inspected";
import { late } from "@/components/late";
import { NoticeArea } from "@/components/notice-area";
import { useDeed } from "@/components/offers";
import { paths } from "@/components/paths";
import { SHORTCUTS } from "@/components/shortcuts";
import { usePreference } from "@/components/use-preference";
import { useShortcut } from "@/components/use-shortcut";
import { writeAtOnce } from "@/components/write-at-once";
import { DeletedNotice } from "@/features/sessions/deleted-notice";
import { LiveSessions } from "@/features/sessions/live-sessions";
import { SessionKeys } from "@/features/sessions/session-keys";
import { t } from "@/i18n";
import { prefer } from "@/storage/preferences";

import { ConnectionBanner } from "./connection-banner";
import { FrameContext } from "./frame-context";
import { NewBuildBanner } from "./new-build-banner";
import { Search } from "./search";
import { SidebarPanel } from "./sidebar-panel";
import { SkipLink } from "./skip-link";
import { usePlace } from "./place";
import { useInspector } from "./use-inspector";
import { useVisibleHeight } from "./use-visible-height";

/** Only narrow screens have it. */
const SidebarDrawer = late(async () => (await import("./sidebar-drawer")).SidebarDrawer);
const Inspector = late(async () => (await import("@/features/inspector/inspector")).Inspector);
const ShortcutsDialog = late(
  async () => (await import("@/features/settings/shortcuts-dialog")).ShortcutsDialog,
);

/** Not before the page is there: nobody waits for it. */
const PreferenceSync = late(
  async () => {
    await new Promise((go) => setTimeout(go, 1000));
    return (await import("./preference-sync")).PreferenceSync;
  },
  { isQuiet: true },
);

interface FrameProps {
  /** Whose sessions the sidebar shows; null while nobody knows. */
  readonly agentId: string | null;
  readonly children: ReactNode;
}

export function Frame({ agentId, children }: FrameProps) {
  const isNarrow = useMediaQuery((theme) => theme.breakpoints.down("sm"), { noSsr: true });
  const isPinnedOpen = usePreference("sidebarOpen");
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  const [dialog, setDialog] = useState<"help" | "search" | null>(null);
  const close = () => setDialog(null);
  const place = usePlace();
  const { sessionId } = place;

  const isSidebarOpen = isNarrow ? isDrawerOpen : isPinnedOpen;
  const { isSheet, isOpen: isInspectorOpen, setOpen, inspect } = useInspector(place, isPinnedOpen);
  const frame = useMemo(
    () => ({
      isNarrow,
      isSidebarOpen,
      toggleSidebar: () => {
        if (isNarrow) setDrawerOpen(!isSidebarOpen);
        else prefer({ sidebarOpen: !isSidebarOpen });
      },
      isInspectorOpen,
      toggleInspector: () => setOpen(!isInspectorOpen),
      showShortcuts: () => setDialog("help"),
      showSearch: () => setDialog("search"),
    }),
    [isNarrow, isSidebarOpen, isInspectorOpen, setOpen],
  );
  useFrameKeys(agentId, frame);
  useVisibleHeight();
  useDeed(SHORTCUTS.toggleInspector, frame.toggleInspector, sessionId !== null);

  const panel = <SidebarPanel key={agentId} agentId={agentId} openId={sessionId} />;
  return (
    <FrameContext value={frame}>
      <SkipLink />
      <Box sx={FRAME}>
        {isNarrow ? (
          <Suspense>
            <SidebarDrawer isOpen={isDrawerOpen} onOpen={setDrawerOpen}>
              {panel}
            </SidebarDrawer>
          </Suspense>
        ) : (
          isPinnedOpen && (
            <Box component="nav" aria-label={t("sessions.list")} sx={SIDEBAR}>
              {panel}
            </Box>
          )
        )}
        <Box component="main" id="main" tabIndex={-1} sx={MAIN}>
          <ConnectionBanner />
          <NewBuildBanner />
          <InspectContext value={sessionId === null ? null : inspect}>{children}</InspectContext>
        </Box>
        {isInspectorOpen && place.agentId !== null && sessionId !== null && (
          <Suspense>
            <Inspector
              key={sessionId}
              agentId={place.agentId}
              sessionId={sessionId}
              isSheet={isSheet}
              onClose={() => setOpen(false)}
            />
          </Suspense>
        )}
      </Box>
      {agentId !== null && <SessionKeys agentId={agentId} openId={sessionId} />}
      {agentId !== null && <LiveSessions agentId={agentId} openId={sessionId} />}
      <NoticeArea>{agentId !== null && <DeletedNotice agentId={agentId} />}</NoticeArea>
      <Suspense>
        <PreferenceSync />
      </Suspense>
      {dialog === "help" && (
        <Suspense>
          <ShortcutsDialog open onClose={close} />
        </Suspense>
      )}
      {dialog === "search" && <Search agentId={agentId} onClose={close} />}
    </FrameContext>
  );
}

function useFrameKeys(
  agentId: string | null,
  frame: { toggleSidebar: () => void; showShortcuts: () => void; showSearch: () => void },
) {
  const [, navigate] = useLocation();
  useShortcut(SHORTCUTS.newSession, () => {
    navigate(agentId === null ? paths.home : paths.agent(agentId));
    writeAtOnce();
  });
  useDeed(SHORTCUTS.toggleSidebar, frame.toggleSidebar);
  useShortcut(SHORTCUTS.search, frame.showSearch);
  useDeed(SHORTCUTS.help, frame.showShortcuts);
  useShortcut(SHORTCUTS.helpCharacter, frame.showShortcuts);
}

const FRAME = {
  display: "flex",
  height: "var(--t-height, 100dvh)",
  marginTop: "var(--t-top, 0px)",
} as const;

const SIDEBAR = {
  flex: "none",
  display: "flex",
  flexDirection: "column",
  width: 280,
  minHeight: 0,
  bgcolor: "surface.sidebar",
  borderInlineEnd: "1px solid",
  borderColor: "divider",
} as const;

const MAIN = {
  flex: 1,
  minWidth: 0,
  minHeight: 0,
  display: "flex",
  flexDirection: "column",
  outline: "none",
} as const;
