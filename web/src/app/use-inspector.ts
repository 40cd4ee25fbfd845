/**
 * Whether the inspector is open: as it was left on wide screens; on narrow ones, where it covers the
 * page, for as long as it is looked at. An address that names a step opens it.
 */
import useMediaQuery from "@mui/material/useMediaQuery";
import { useCallback, useState } from "react";
import { useLocationProperty } from "wouter/use-browser-location";

import { pointAt, stepIn } from "@/components/inspected";
import { usePreference } from "@/components/use-preference";
import { prefer } from "@/storage/preferences";

import type { Inspecting } from "./frame-context";

interface Place {
  readonly agentId: string | null;
  readonly sessionId: string | null;
}

/** Beside the sessions and itself, the talk keeps as much room as a phone has. */
const NARROW = "(max-width: 899.95px)";
const NARROW_BESIDE_SIDEBAR = "(max-width: 1039.95px)";

export function useInspector({ agentId, sessionId }: Place, isSidebarPinned: boolean): Inspecting {
  const isSheet = useMediaQuery(isSidebarPinned ? NARROW_BESIDE_SIDEBAR : NARROW, { noSsr: true });
  const isPinned = usePreference("inspectorOpen");
  const stepId = useLocationProperty(() => stepIn(location.hash));
  const [sheetOf, setSheetOf] = useState<string | null>(stepId === null ? null : sessionId);
  const [named, setNamed] = useState(stepId);
  const [isDismissed, setDismissed] = useState(false);
  if (named !== stepId) {
    setNamed(stepId);
    setDismissed(false);
    if (stepId !== null) setSheetOf(sessionId);
  }
  const isNamed = stepId !== null && !isDismissed;
  const isThere = agentId !== null && sessionId !== null;
  const isOpen = isThere && (isSheet ? sheetOf === sessionId : isPinned || isNamed);
  const setOpen = useCallback(
    (open: boolean) => {
      setSheetOf(open ? sessionId : null);
      setDismissed(!open);
      if (!isSheet) prefer({ inspectorOpen: open });
    },
    [isSheet, sessionId],
  );
  const inspect = useCallback(
    (turnId: string, step: string | null) => {
      if (agentId === null || sessionId === null) return;
      pointAt(agentId, sessionId, { turnId, stepId: step });
      setOpen(true);
    },
    [agentId, sessionId, setOpen],
  );
  return { isSheet, isOpen, setOpen, inspect };
}
