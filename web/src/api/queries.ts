/**
 * Server state in React: everything a screen may ask of the server, cached and kept fresh. What is
 * asked of tools stands in `tool-queries.ts`: the first screen does without it.
 */
export type { SessionFilter } from "./client";
export {
  prefetchAgent,
  prefetchAgents,
  useAgent,
  useAgents,
  useCreateAgent,
  useDeleteAgent,
  useUpdateAgent,
} from "./agent-queries";
export { UNDO_MS } from "./pending-deletes";
export { prefetchConfig, useConfig, useModels } from "./server-queries";
export {
  forgetSession,
  isAnyRunning,
  prefetchSession,
  refreshSession,
  refreshSessions,
  storeSession,
  useDeleteSession,
  useSession,
  useSessions,
  useUpdateSession,
} from "./session-queries";
export {
  addTurn,
  beginTurns,
  prefetchTurns,
  refreshTurns,
  storeTurn,
  useCancelTurn,
  useDecideTurn,
  useTurns,
} from "./turn-queries";
