/** Stops the turn that runs. What it said so far is kept. */
import { useCallback } from "react";

import { notify } from "@/components/notices";
import { t } from "@/i18n";
import { useCancelTurn } from "@/turn";

export function useStop(agentId: string, sessionId: string | null, turnId: string | null) {
  const { mutateAsync, isPending } = useCancelTurn(agentId, sessionId ?? "");
  const stop = useCallback(async () => {
    if (turnId === null) return;
    try {
      await mutateAsync(turnId);
    } catch {
      notify(t("composer.stopFailed"));
    }
  }, [mutateAsync, turnId]);
  return { stop, isStopping: isPending };
}
