/** Server state in React: everything a screen may ask of the server, cached and kept fresh. */
export type { SessionFilter } from "./client";
export {
  useAgent,
  useAgents,
  useCreateAgent,
  useDeleteAgent,
  useUpdateAgent,
} from "./agent-queries";
export { UNDO_MS } from "./pending-deletes";
export { useConfig, useModels } from "./server-queries";
export {
  forgetSession,
  refreshSession,
  storeSession,
  useDeleteSession,
  useSession,
  useSessions,
  useUpdateSession,
} from "./session-queries";
export {
  useAcceptToolgroup,
  useCallTool,
  useRegisterToolgroup,
  useRemoveToolgroup,
  useToolgroups,
  useTools,
} from "./tool-queries";
export {
  addTurn,
  beginTurns,
  prefetchTurns,
  storeTurn,
  useCancelTurn,
  useDecideTurn,
  useTurns,
} from "./turn-queries";
