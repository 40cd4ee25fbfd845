/** Sessions on their way out and in: addresses that a browser saves, and documents as they were written. */
import { fetchOnce } from "./fetch";
import type { Session } from "./types";

/** All that one has, as one archive. */
export const EXPORT = "/v1/export";

const agentPath = (agentId: string) => `/v1/agents/${encodeURIComponent(agentId)}`;

export const exportAddress = (session: Session, format: "json" | "markdown") =>
  `${agentPath(session.agent_id)}/session/${encodeURIComponent(session.session_id)}/export?format=${format}`;

interface Imported {
  readonly session: Session;
  /** False: it was brought in before. */
  readonly isNew: boolean;
}

/**
 * Bring in a session as it was taken out: the document goes as it is, for what the page would read and write again
 * might not be the same. One try.
 */
export async function importSession(
  agentId: string,
  document: string,
  signal: AbortSignal,
): Promise<Imported> {
  const response = await fetchOnce(
    new Request(new URL(`${agentPath(agentId)}/sessions/import`, location.origin), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: document,
      signal,
    }),
  );
  return { session: (await response.json()) as Session, isNew: response.status === 201 };
}
