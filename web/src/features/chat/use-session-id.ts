/** The session of the pane: the one it was opened with, or the one that its first message made. */
import { useCallback, useState } from "react";

import type { Session } from "@/api/types";

export function useSessionId(
  session: Session | null,
  onSessionCreated: (sessionId: string) => void,
): readonly [sessionId: string | null, onMade: (sessionId: string) => void] {
  const [madeId, setMadeId] = useState<string | null>(null);
  const onMade = useCallback(
    (sessionId: string) => {
      setMadeId(sessionId);
      onSessionCreated(sessionId);
    },
    [onSessionCreated],
  );
  return [session?.session_id ?? madeId, onMade];
}
