/**
 * The session (or its agent) is gone: whoever shows it is told so, and the message that found it out
 * becomes the draft again.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import type { OutboxEntry, Transcript } from "@/turn";

import { loseAgent, loseSession } from "./lost";

export function useLostSession(
  agentId: string,
  sessionId: string | null,
  rows: Transcript["rows"],
  takeBack: (entry: OutboxEntry) => void,
): void {
  const client = useQueryClient();
  const lost = rows.find((row) => row.kind === "outgoing" && isLost(row.entry));
  const entry = lost?.kind === "outgoing" ? lost.entry : undefined;
  useEffect(() => {
    if (entry === undefined) return;
    takeBack(entry);
    if (entry.error?.code === "agent_not_found") loseAgent(client, agentId);
    else if (sessionId !== null) loseSession(client, agentId, sessionId);
  }, [client, agentId, sessionId, entry, takeBack]);
}

/** A file that is gone is another matter. */
const isLost = ({ error }: OutboxEntry) => error?.status === 404 && error.code !== "file_not_found";
