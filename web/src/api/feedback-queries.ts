/** What one thinks of a turn: shown at once, and as it was when the server does not take it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { rateTurn } from "./branch-client";
import { storeTurn } from "./turn-queries";
import type { Feedback, Turn } from "./types";

/** One after the other: what was said last is what stays. */
export function useRateTurn(agentId: string, turn: Turn, before: Feedback | null) {
  const client = useQueryClient();
  const { session_id: sessionId, turn_id: turnId } = turn;
  const show = (feedback: Feedback | null) => storeTurn(client, agentId, { ...turn, feedback });
  return useMutation({
    scope: { id: `rate ${turnId}` },
    mutationFn: (feedback: Feedback | null) => rateTurn({ agentId, sessionId, turnId }, feedback),
    onMutate: (feedback) => {
      show(feedback);
      return before;
    },
    // What was asked for meanwhile may not have known it yet.
    onSuccess: (_answer, feedback) => show(feedback),
    onError: (_error, _feedback, was) => show(was ?? null),
  });
}
