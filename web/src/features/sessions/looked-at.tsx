/** Remembers how somebody saw the session that is open, while the page is in sight. Draws nothing. */
import { useEffect } from "react";

import { useSession } from "@/api/queries";
import { lookAt } from "@/storage/looks";

interface LookedAtProps {
  readonly agentId: string;
  readonly sessionId: string;
}

export function LookedAt({ agentId, sessionId }: LookedAtProps) {
  const { data: session } = useSession(agentId, sessionId);
  useEffect(() => {
    if (session === undefined) return;
    const look = () => {
      if (!document.hidden) lookAt(session);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [session]);
  return null;
}
