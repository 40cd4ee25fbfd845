/**
 * Where notices appear: over the foot of the sidebar, on a phone under the header. Never over the
 * composer. What can be undone (`children`) stands above the passing notice.
 */
import Box from "@mui/material/Box";
import { type ReactNode, useEffect, useState, useSyncExternalStore } from "react";

import { t } from "@/i18n";

import { NoticeBar } from "./notice-bar";
import { currentNotice, dismissNotice, type Notice, subscribeToNotices } from "./notices";

const SHOWN_MS = 6000;

export function NoticeArea({ children }: { readonly children?: ReactNode }) {
  const notice = useSyncExternalStore(subscribeToNotices, currentNotice);
  return (
    <Box component="section" aria-label={t("frame.notices")} sx={AREA}>
      {children}
      {notice !== null && <PassingNotice key={notice.id} notice={notice} />}
    </Box>
  );
}

/** Leaves by itself, but not while the pointer or the focus is on it (WCAG 2.2.1). */
function PassingNotice({ notice: { text, action } }: { readonly notice: Notice }) {
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(dismissNotice, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isHeld]);
  const run = () => {
    dismissNotice();
    action?.run();
  };
  return (
    <Box
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <NoticeBar
        text={text}
        action={action && { label: action.label, run }}
        onDismiss={dismissNotice}
      />
    </Box>
  );
}

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
