/** What the server knows, as hooks: asked for once, kept fresh. */
import * as queries from "@/api/queries";
import type { Agent, Session } from "@/api/types";

export interface Loaded<T> {
  readonly data: T | undefined;
  readonly isPending: boolean;
  readonly error: Error | null;
}

export const useAgents = (): Loaded<readonly Agent[]> => queries.useAgents();

export const useAgent = (agentId: string): Loaded<Agent> => queries.useAgent(agentId);

/** Null asks for none. */
export const useSession = (agentId: string, sessionId: string | null): Loaded<Session> =>
  queries.useSession(agentId, sessionId);
