/** Stops the turn that runs, or another one that is named. What it said so far is kept. */
import { useCallback } from "react";

import { notify } from "@/components/notices";
import { t } from "@/i18n";
import { useCancelTurn } from "@/turn";

export function useStop(agentId: string, sessionId: string | null, turnId: string | null) {
  const { mutateAsync, isPending } = useCancelTurn(agentId, sessionId ?? "");
  /** Returns false when that failed. */
  const stop = useCallback(
    async (id = turnId) => {
      if (id === null) return true;
      try {
        await mutateAsync(id);
        return true;
      } catch {
        notify(t("composer.stopFailed"));
        return false;
      }
    },
    [mutateAsync, turnId],
  );
  return { stop, isStopping: isPending };
}
