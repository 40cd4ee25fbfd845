/** Something that was shown is gone from the server: forget it, so that whoever shows it finds out. */
import type { QueryClient } from "@tanstack/react-query";

import { keys } from "@/api/keys";

export function loseSession(client: QueryClient, agentId: string, sessionId: string): void {
  void client.resetQueries({ queryKey: keys.session(agentId, sessionId), exact: true });
  void client.invalidateQueries({ queryKey: keys.sessionLists(agentId) });
}

export function loseAgent(client: QueryClient, agentId: string): void {
  void client.resetQueries({ queryKey: keys.agent(agentId), exact: true });
  void client.invalidateQueries({ queryKey: keys.agents });
}
