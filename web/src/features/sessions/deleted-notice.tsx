/** "Deleted …" with its Undo, for as long as there is one; or why the server refused. */
import { useState } from "react";
import { useLocation } from "wouter";
import { useHistoryState } from "wouter/use-browser-location";

import type { DeletesSnapshot, Removal } from "@/api/pending-deletes";
import { useDeleteSession } from "@/api/queries";
import { reasonOf } from "@/components/error-text";
import { NoticeBar } from "@/components/notice-bar";
import { paths } from "@/components/paths";
import { SHORTCUTS } from "@/components/shortcuts";
import { useShortcut } from "@/components/use-shortcut";
import { t } from "@/i18n";

type Failure = NonNullable<DeletesSnapshot["failure"]>;

export function DeletedNotice({ agentId }: { readonly agentId: string }) {
  const { pending, undo, failure, dismissFailure } = useDeleteSession(agentId);
  const [dismissed, setDismissed] = useState<Removal | null>(null);
  const [, navigate] = useLocation();
  const left = useHistoryState<{ deleted?: string } | null>()?.deleted;
  const removal = pending.at(-1);

  const takeBack = () => {
    if (removal === undefined) return;
    undo(removal);
    if (removal.some((session) => session.session_id === left))
      navigate(paths.session(agentId, left ?? ""), { replace: true });
  };
  useShortcut(SHORTCUTS.undo, takeBack, removal !== undefined);

  if (failure !== null) return <NoticeBar text={refusedText(failure)} onDismiss={dismissFailure} />;
  if (removal === undefined || removal === dismissed) return null;
  return (
    <NoticeBar
      text={deletedText(removal)}
      action={{ label: t("action.undo"), run: takeBack }}
      onDismiss={() => setDismissed(removal)}
    />
  );
}

function deletedText([first, ...others]: Removal): string {
  if (others.length > 0) return t("sessions.deletedMany", { count: others.length + 1 });
  return t("sessions.deleted", { name: first?.session_name ?? "" });
}

function refusedText({ removal: [first, ...others], error }: Failure): string {
  const reason = reasonOf(error);
  if (others.length > 0) return t("sessions.notDeletedMany", { count: others.length + 1, reason });
  return t("sessions.notDeleted", { name: first?.session_name ?? "", reason });
}
