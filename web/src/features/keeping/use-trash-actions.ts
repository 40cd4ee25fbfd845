/** The two ways out of the trash, each as one call that says what came of it. */
import { useLocation } from "wouter";

import { usePurgeSession, useRestoreSession } from "@/api/trash-queries";
import type { Session } from "@/api/types";
import { reasonOf } from "@/components/error-text";
import { notify } from "@/components/notices";
import { paths } from "@/components/paths";
import { t } from "@/i18n/keeping";

export function useTrashActions() {
  const [, navigate] = useLocation();
  const restoring = useRestoreSession();
  const purging = usePurgeSession();

  const restore = async (session: Session) => {
    const { session_name: name, agent_id: agentId, session_id: sessionId } = session;
    try {
      await restoring.mutateAsync(session);
      const open = () => navigate(paths.session(agentId, sessionId));
      notify(t("trash.restored", { name }), { label: t("trash.open"), run: open });
    } catch (error) {
      notify(t("trash.notRestored", { name, reason: reasonOf(error) }));
    }
  };
  const purge = async (session: Session) => {
    const { session_name: name } = session;
    try {
      await purging.mutateAsync(session);
      notify(t("trash.purged", { name }));
    } catch (error) {
      notify(t("trash.notPurged", { name, reason: reasonOf(error) }));
    }
  };
  return {
    restore,
    purge,
    /** The session that is on its way out. */
    restored: restoring.isPending ? restoring.variables : null,
    isPurging: purging.isPending,
  };
}
