/** Agents, cached. A change shows at once in the list and on the agent itself. */
import {
  type QueryClient,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";

import { createAgent, deleteAgent, getAgent, listAgents, updateAgent } from "./client";
import { keys } from "./keys";
import type { Agent, AgentConfigPatch } from "./types";

type Agents = readonly Agent[];

const agentsOptions = queryOptions({
  queryKey: keys.agents,
  queryFn: ({ signal }) => listAgents(signal),
});

export const useAgents = () => useQuery(agentsOptions);

const agentOptions = (agentId: string) =>
  queryOptions({
    queryKey: keys.agent(agentId),
    queryFn: ({ signal }): Promise<Agent> => getAgent(agentId, signal),
  });

/** One agent; what the list knows of it is shown until the server has answered. */
export function useAgent(agentId: string) {
  const client = useQueryClient();
  return useQuery({
    ...agentOptions(agentId),
    placeholderData: () =>
      client.getQueryData<Agents>(keys.agents)?.find((agent) => agent.agent_id === agentId),
  });
}

/** Fetch the agents before they are drawn: whoever draws them sees the error, if there is one. */
export const prefetchAgents = (client: QueryClient): void =>
  void client.query(agentsOptions).catch(() => undefined);

export const prefetchAgent = (client: QueryClient, agentId: string): void =>
  void client.query(agentOptions(agentId)).catch(() => undefined);

export function storeAgent(client: QueryClient, agent: Agent): void {
  client.setQueryData(keys.agent(agent.agent_id), agent);
  client.setQueryData<Agents>(keys.agents, (agents) =>
    agents?.map((other) => (other.agent_id === agent.agent_id ? agent : other)),
  );
}

export function useCreateAgent() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: createAgent,
    onSuccess: (agent) => {
      client.setQueryData<Agents>(keys.agents, (agents) => agents && [...agents, agent]);
      client.setQueryData(keys.agent(agent.agent_id), agent);
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.agents }),
  });
}

export function useUpdateAgent() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ agentId, patch }: { agentId: string; patch: AgentConfigPatch }) =>
      updateAgent(agentId, patch),
    onSuccess: (agent) => storeAgent(client, agent),
  });
}

export function useDeleteAgent() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: deleteAgent,
    onSuccess: (_, agentId) => {
      // What is on the screen would only be asked for again; it leaves with whoever deleted it.
      client.removeQueries({ queryKey: keys.agent(agentId), type: "inactive" });
      client.setQueryData<Agents>(keys.agents, (agents) =>
        agents?.filter((agent) => agent.agent_id !== agentId),
      );
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.agents }),
  });
}
