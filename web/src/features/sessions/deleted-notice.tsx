/** "Deleted …" with its Undo, for as long as there is one; or why the server refused. */
import { useState } from "react";
import { useLocation } from "wouter";
import { useHistoryState } from "wouter/use-browser-location";

import { useDeleteSession } from "@/api/queries";
import { reasonOf } from "@/components/error-text";
import { NoticeBar } from "@/components/notice-bar";
import { paths } from "@/components/paths";
import { SHORTCUTS } from "@/components/shortcuts";
import { useShortcut } from "@/components/use-shortcut";
import { t } from "@/i18n";

export function DeletedNotice({ agentId }: { readonly agentId: string }) {
  const { pending, undo, failure, dismissFailure } = useDeleteSession(agentId);
  const [dismissed, setDismissed] = useState<string | null>(null);
  const [, navigate] = useLocation();
  const left = useHistoryState<{ deleted?: string } | null>()?.deleted;
  const session = pending.at(-1);

  const takeBack = () => {
    if (session === undefined) return;
    undo(session.session_id);
    if (left === session.session_id) navigate(paths.session(agentId, left), { replace: true });
  };
  useShortcut(SHORTCUTS.undo, takeBack, session !== undefined);

  if (failure !== null) {
    const text = t("sessions.notDeleted", {
      name: failure.session.session_name,
      reason: reasonOf(failure.error),
    });
    return <NoticeBar text={text} onDismiss={dismissFailure} />;
  }
  if (session === undefined || session.session_id === dismissed) return null;
  return (
    <NoticeBar
      text={t("sessions.deleted", { name: session.session_name })}
      action={{ label: t("action.undo"), run: takeBack }}
      onDismiss={() => setDismissed(session.session_id)}
    />
  );
}
