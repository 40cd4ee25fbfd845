/** The guide's `SessionSelector`: it is told an id, and says an id, or "new". */
import { useSession } from "@/api/queries";
import { NEW_SESSION } from "@/features/sessions/new-session";
import { SessionSelector as Selector } from "@/features/sessions/session-selector";

export interface SessionSelectorProps {
  readonly agentId: string;
  /** `"new"` where no session is yet. */
  readonly currentSessionId: string;
  readonly onSessionChange: (sessionId: string) => void;
}

export function SessionSelector(props: SessionSelectorProps) {
  const { agentId, currentSessionId: id, onSessionChange } = props;
  const { data: session = null } = useSession(agentId, id === NEW_SESSION ? null : id);
  return (
    <Selector
      agentId={agentId}
      currentSession={id === NEW_SESSION ? null : session}
      onSessionChange={onSessionChange}
    />
  );
}
