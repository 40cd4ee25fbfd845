/** What an agent is called; one without a name is called by its model. */
import type { Agent } from "@/api/types";

export function agentName({ agent_config: { name, model } }: Agent): string {
  return name ?? modelName(model);
}

/** `ollama/llama3.2:3b` → `llama3.2:3b`. */
export const modelName = (id: string): string => id.slice(id.indexOf("/") + 1);
