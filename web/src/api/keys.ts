/**
 * The names under which server state is cached. A longer key lies within a shorter one, so that
 * invalidating `sessionLists(agentId)` reaches every list of that agent, whatever its filter.
 */
import type { SessionFilter } from "./client";
import type { Find } from "./find-queries";
import type { Search } from "./search-queries";

export const keys = {
  config: ["config"] as const,
  models: ["models"] as const,
  tools: ["tools"] as const,
  toolgroups: ["tools", "groups"] as const,
  agents: ["agents"] as const,
  agent: (agentId: string) => ["agent", agentId] as const,
  sessionList: (agentId: string, filter: SessionFilter) =>
    ["agent", agentId, "sessions", filter] as const,
  sessionLists: (agentId: string) => ["agent", agentId, "sessions"] as const,
  session: (agentId: string, sessionId: string) =>
    ["agent", agentId, "session", sessionId] as const,
  newestTurns: (agentId: string, sessionId: string | null) =>
    ["newest turns", agentId, sessionId] as const,
  find: (find: Find) => ["find", find] as const,
  search: (search: Search) => ["search", search] as const,
  turns: (agentId: string, sessionId: string) => ["agent", agentId, "turns", sessionId] as const,
};
