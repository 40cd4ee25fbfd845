/**
 * The session (or its agent) is gone: whoever shows it is told so, and the message that found it out
 * becomes the draft again.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { keys } from "@/api/keys";
import type { OutboxEntry, Transcript } from "@/turn";

export function useLostSession(
  agentId: string,
  sessionId: string | null,
  rows: Transcript["rows"],
  takeBack: (entry: OutboxEntry) => void,
): void {
  const client = useQueryClient();
  const lost = rows.find((row) => row.kind === "outgoing" && row.entry.error?.status === 404);
  const entry = lost?.kind === "outgoing" ? lost.entry : undefined;
  useEffect(() => {
    if (entry === undefined) return;
    takeBack(entry);
    void client.invalidateQueries({ queryKey: keys.agent(agentId), exact: true });
    if (sessionId !== null) {
      void client.invalidateQueries({ queryKey: keys.session(agentId, sessionId), exact: true });
    }
  }, [client, agentId, sessionId, entry, takeBack]);
}
