/**
 * Where notices appear: over the foot of the sidebar, on a phone under the header. Never over the
 * composer. What can be undone (`children`) stands above the passing notice.
 */
import Box from "@mui/material/Box";
import Snackbar from "@mui/material/Snackbar";
import { type ReactNode, useSyncExternalStore } from "react";

import { t } from "@/i18n";

import { NoticeBar } from "./notice-bar";
import { currentNotice, dismissNotice, subscribeToNotices } from "./notices";

const SHOWN_MS = 6000;

export function NoticeArea({ children }: { readonly children?: ReactNode }) {
  const notice = useSyncExternalStore(subscribeToNotices, currentNotice);
  return (
    <Box component="section" aria-label={t("frame.notices")} sx={AREA}>
      {children}
      {notice !== null && (
        <Snackbar
          key={notice.id}
          open
          autoHideDuration={SHOWN_MS}
          onClose={(_, reason) => {
            if (reason !== "clickaway") dismissNotice();
          }}
          sx={{ position: "static", transform: "none" }}
        >
          <div>
            <NoticeBar
              text={notice.text}
              action={notice.action && { ...notice.action, run: runOnce(notice.action.run) }}
              onDismiss={dismissNotice}
            />
          </div>
        </Snackbar>
      )}
    </Box>
  );
}

const runOnce = (run: () => void) => () => {
  dismissNotice();
  run();
};

const AREA = {
  "&:empty": { display: "none" },
  position: "fixed",
  zIndex: "snackbar",
  display: "grid",
  gap: 1,
  insetInlineStart: 16,
  bottom: "calc(16px + env(safe-area-inset-bottom))",
  width: "min(380px, calc(100vw - 32px))",
  "@media (max-width: 699.95px)": { bottom: "auto", top: 60, mx: "auto", insetInlineEnd: 16 },
} as const;
