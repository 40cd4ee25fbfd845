/** The tag that the list of an agent's sessions is narrowed to, wherever it was clicked on. It lasts as long as the page. */
import { useSyncExternalStore } from "react";

let chosen: readonly [agentId: string, tag: string] | null = null;
const listeners = new Set<() => void>();

/** Null: all sessions again. */
export function chooseTag(agentId: string, tag: string | null): void {
  chosen = tag === null ? null : [agentId, tag];
  for (const listener of listeners) listener();
}

export const useChosenTag = (agentId: string): string =>
  useSyncExternalStore(subscribe, () => (chosen?.[0] === agentId ? chosen[1] : ""));

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
