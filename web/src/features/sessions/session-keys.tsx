/** Alt+↑ and Alt+↓: through the sessions, in the order of the list. Draws nothing. */
import { useLocation } from "wouter";

import { paths } from "@/components/paths";
import { SHORTCUTS } from "@/components/shortcuts";
import { useShortcut } from "@/components/use-shortcut";

import { ALL_SESSIONS, useSessionList } from "./use-session-list";

interface SessionKeysProps {
  readonly agentId: string;
  readonly openId: string | null;
}

export function SessionKeys({ agentId, openId }: SessionKeysProps) {
  const [, navigate] = useLocation();
  const { pinned, others } = useSessionList(agentId, ALL_SESSIONS);
  const ids = [...pinned, ...others].map((session) => session.session_id);
  const at = openId === null ? -1 : ids.indexOf(openId);
  const open = (id: string | undefined) => {
    if (id !== undefined) navigate(paths.session(agentId, id));
  };
  useShortcut(SHORTCUTS.previousSession, () => open(ids[at - 1]));
  useShortcut(SHORTCUTS.nextSession, () => open(ids[at + 1]));
  return null;
}
