/** Where one is, read from the address. */
import { useRoute } from "wouter";

/** `/a/{agent}` and `/a/{agent}/s/{session}`: one pattern, so that a first message leaves the page standing. */
export const TALK = /^\/a\/(?<agentId>[^/]+)(?:\/s\/(?<sessionId>[^/]+))?\/?$/;

interface Place {
  readonly agentId: string | null;
  readonly sessionId: string | null;
}

export function usePlace(): Place {
  const [isTalk, params] = useRoute(TALK);
  const { agentId = null, sessionId = null } = isTalk ? params : {};
  return { agentId: decoded(agentId), sessionId: decoded(sessionId) };
}

function decoded(part: string | null): string | null {
  try {
    return part === null ? null : decodeURIComponent(part);
  } catch {
    return part; // mistyped: it leads nowhere, and that is said
  }
}
