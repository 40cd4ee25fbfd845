/** What is done with chosen sessions, each as one call that shows at once, says so, and can be taken back. */
import { useQueryClient } from "@tanstack/react-query";
import { useLocation } from "wouter";

import { type Change, changeMany, eraseMany, PATCHES, UNDOES } from "@/api/batch-queries";
import { useDeleteSession } from "@/api/queries";
import type { Session } from "@/api/types";
import { announce } from "@/components/announcer";
import { reasonOf } from "@/components/error-text";
import { notify } from "@/components/notices";
import { paths } from "@/components/paths";
import { SHORTCUTS, spokenKeys } from "@/components/shortcuts";
import { t } from "@/i18n/sessions";

export function useBatchActions(agentId: string, sessions: readonly Session[], onDone: () => void) {
  const client = useQueryClient();
  const [location, navigate] = useLocation();
  const deletes = useDeleteSession(agentId);

  const run = async (op: Change, changed: readonly Session[]): Promise<boolean> => {
    try {
      const [first, ...others] = await changeMany(client, changed, op);
      if (first === undefined) return true;
      notify(t("batch.notDone", { count: others.length + 1, reason: first.detail ?? "" }));
    } catch (error) {
      notify(t("batch.notDone", { count: changed.length, reason: reasonOf(error) }));
    }
    return false;
  };
  const change = async (op: Change, changed: readonly Session[]) => {
    if (await run(op, changed))
      notify(t(`batch.done.${op}`, { count: changed.length }), {
        label: t("action.undo"),
        run: () => void run(UNDOES[op], changed),
      });
  };

  return {
    change: (op: Change) => {
      // Those for which it is no change stay as they are when it is taken back.
      const changed = sessions.filter((session) => isChange(session, op));
      void change(op, changed);
      onDone();
    },
    /** Goes out of a session that is open; `DeletedNotice` brings all of them back. */
    remove: () => {
      const keys = spokenKeys(SHORTCUTS.undo);
      deletes.remove(sessions, (removal, isLeaving) => eraseMany(client, removal, isLeaving));
      announce(t("batch.deleted", { count: sessions.length, keys }));
      const open = sessions.find(({ session_id: id }) => location === paths.session(agentId, id));
      if (open) navigate(paths.agent(agentId), { state: { deleted: open.session_id } });
      onDone();
    },
  };
}

const isChange = (session: Session, op: Change): boolean =>
  Object.entries(PATCHES[op]).some(([name, value]) => session[name as keyof Session] !== value);
