/**
 * Stops the turn that runs, one that is named, or what is being sent and becomes one. What a turn said
 * so far is kept; a message that never arrived is written anew.
 */
import { useCallback, useEffect } from "react";

import { announce } from "@/components/announcer";
import { notify } from "@/components/notices";
import { t } from "@/i18n";
import {
  isCalledOff,
  type OutboxEntry,
  type Sending,
  type Transcript,
  useCancelTurn,
} from "@/turn";

export function useStop(
  agentId: string,
  sessionId: string | null,
  { rows, liveTurnId }: Transcript,
  { stop: stopSending }: Sending,
) {
  const { mutateAsync, isPending } = useCancelTurn(agentId, sessionId ?? "");
  const last = rows.findLast((row) => row.kind === "outgoing");
  const sending = last?.entry.state === "sending" ? last.entry : null;
  const turnId = last?.entry.turnId ?? liveTurnId;
  /** Returns false when that failed. */
  const stop = useCallback(
    async (id = turnId) => {
      if (id === null && sending === null) return true;
      announce(t("composer.stopping"));
      try {
        if (id !== null) await mutateAsync(id);
        else if (sending !== null && isStillWanted(await stopSending(sending))) throw new Error();
        return true;
      } catch {
        notify(t("composer.stopFailed"));
        return false;
      }
    },
    [mutateAsync, stopSending, turnId, sending],
  );
  return { stop, isStopping: isPending || sending?.isUnwanted === true };
}

const isStillWanted = ({ state, isUnwanted }: OutboxEntry) =>
  state === "accepted" && isUnwanted !== true;

/** What was stopped before it arrived is taken back. */
export function useCalledOff(
  rows: Transcript["rows"],
  takeBack: (entry: OutboxEntry) => void,
): void {
  const row = rows.find((each) => each.kind === "outgoing" && isCalledOff(each.entry));
  const entry = row?.kind === "outgoing" ? row.entry : undefined;
  useEffect(() => {
    if (entry !== undefined) takeBack(entry);
  }, [entry, takeBack]);
}
