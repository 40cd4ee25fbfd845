/**
 * The branches of a talk: trying a turn again, putting its message in other words, and leafing through
 * what came of that.
 *
 * The rule it keeps: what is tried stands beside what was there, which stays. What is needed only by
 * whoever does something rare is fetched with it: see `turn-menu.tsx` and `message-editor.tsx`.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { refreshTurns, useUpdateSession } from "@/api/queries";
import type { Turn, UserMessage } from "@/api/types";
import { reasonOf } from "@/components/error-text";
import { notify } from "@/components/notices";
import { t } from "@/i18n";
import type { Sending } from "@/turn";

export interface Branches {
  readonly agentId: string;
  readonly retry: (turn: Turn) => void;
  /** Open the editor of a turn's message; null closes it. */
  readonly edit: (turn: Turn | null) => void;
  /** Show the branch through a turn. */
  readonly switchTo: (turnId: string) => void;
  readonly sendBeside: Sending["sendBeside"];
}

export function useBranches(agentId: string, sessionId: string | null, sending: Sending) {
  const client = useQueryClient();
  const [editedId, setEditedId] = useState<string | null>(null);
  const { mutateAsync } = useUpdateSession(agentId);
  const { sendBeside } = sending;
  const branches = useMemo((): Branches => {
    const show = async (turnId: string) => {
      if (sessionId === null) return;
      try {
        await mutateAsync({ sessionId, patch: { active_turn_id: turnId } });
        await refreshTurns(client, agentId, sessionId);
      } catch (error) {
        notify(t("branch.notShown", { reason: reasonOf(error) }));
      }
    };
    return {
      agentId,
      retry: ({ turn_id: turnId, parent_turn_id: parentTurnId, input_messages: said }) =>
        void sendBeside({ turnId, parentTurnId, isRetry: true }, said.filter(isOfUser)),
      edit: (turn) => setEditedId(turn?.turn_id ?? null),
      switchTo: (turnId) => void show(turnId),
      sendBeside,
    };
  }, [client, agentId, sessionId, mutateAsync, sendBeside]);
  return { branches, editedId };
}

export const isOfUser = (message: Turn["input_messages"][number]): message is UserMessage =>
  message.role === "user";
