/** What can be done with a session, each as one call that shows at once and says so. */
import { useLocation } from "wouter";

import { useDeleteSession, useUpdateSession } from "@/api/queries";
import type { Session, SessionPatch } from "@/api/types";
import { announce } from "@/components/announcer";
import { reasonOf } from "@/components/error-text";
import { notify } from "@/components/notices";
import { paths } from "@/components/paths";
import { SHORTCUTS, spokenKeys } from "@/components/shortcuts";
import { t } from "@/i18n";

export function useSessionActions(agentId: string) {
  const [location, navigate] = useLocation();
  const { mutate } = useUpdateSession(agentId);
  const deletes = useDeleteSession(agentId);

  const update = (session: Session, patch: SessionPatch, done: string | null) =>
    mutate(
      { sessionId: session.session_id, patch },
      {
        onSuccess: () => done !== null && announce(done),
        onError: (error) => notify(t("sessions.notChanged", { reason: reasonOf(error) })),
      },
    );

  const archive = (session: Session, archived: boolean) => {
    update(session, { archived }, null);
    const name = session.session_name;
    notify(
      archived ? t("sessions.archivedNotice", { name }) : t("sessions.unarchivedNotice", { name }),
      {
        label: t("action.undo"),
        run: () => update(session, { archived: !archived }, null),
      },
    );
  };

  return {
    rename: (session: Session, name: string) =>
      update(session, { session_name: name }, t("sessions.renamed", { name })),
    pin: (session: Session, pinned: boolean) =>
      update(
        session,
        { pinned },
        pinned ? t("sessions.pinnedNotice") : t("sessions.unpinnedNotice"),
      ),
    archive,
    /** Goes out of the session if it is open; `DeletedNotice` can bring both back. */
    remove: (session: Session) => {
      deletes.remove([session]);
      const keys = spokenKeys(SHORTCUTS.undo);
      announce(t("sessions.deletedSpoken", { name: session.session_name, keys }));
      if (location === paths.session(agentId, session.session_id)) {
        navigate(paths.agent(agentId), { state: { deleted: session.session_id } });
      }
    },
  };
}

export type SessionActions = ReturnType<typeof useSessionActions>;
