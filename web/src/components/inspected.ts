/**
 * What the inspector looks into, by the address: `?turn=…` and `#step-…`; without a turn it is the
 * session's latest. Whoever copies the address gets there again.
 */
import { createContext } from "react";

import { paths } from "./paths";

export interface Inspected {
  readonly turnId: string | null;
  readonly stepId: string | null;
}

/** Opens the inspector at a step of a turn; null where there is none, as for readers of a link. */
export const InspectContext = createContext<
  ((turnId: string, stepId: string | null) => void) | null
>(null);

const STEP = /^#step-(.+)$/;

export function stepIn(hash: string): string | null {
  const id = STEP.exec(hash)?.[1];
  return id === undefined ? null : decodeURIComponent(id);
}

/** The turn that the address names since somebody has looked into it: no reader is moved there. */
let lookedInto: string | null = null;

export const isLookedInto = (turnId: string | null): boolean => turnId === lookedInto;

/** Say in the address what is looked into, without a step back to what was before. */
export function pointAt(agentId: string, sessionId: string, { turnId, stepId }: Inspected): void {
  lookedInto = turnId;
  const path = paths.session(agentId, sessionId, turnId ?? undefined, stepId ?? undefined);
  if (path !== location.pathname + location.search + location.hash)
    history.replaceState(history.state, "", path);
}
