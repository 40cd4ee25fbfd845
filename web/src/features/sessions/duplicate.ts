/** A second session with what was said in one, which goes on by itself from there. */
import { navigate } from "wouter/use-browser-location";

import { duplicateSession } from "@/api/branch-client";
import type { Session } from "@/api/types";
import { reasonOf } from "@/components/error-text";
import { notify } from "@/components/notices";
import { paths } from "@/components/paths";
import { t } from "@/i18n/sessions";

/** As many as the server takes. */
const NAME_CHARS = 200;

export async function duplicate(session: Session): Promise<void> {
  const { agent_id: agentId, session_id: sessionId } = session;
  const name = t("sessions.copyOf", { name: session.session_name });
  try {
    const copy = await duplicateSession(agentId, sessionId, cut(name, NAME_CHARS));
    navigate(paths.session(agentId, copy.session_id));
  } catch (error) {
    notify(t("sessions.notDuplicated", { reason: reasonOf(error) }));
  }
}

/** The first characters, as the server counts them: none is cut in two. */
const cut = (text: string, chars: number) => Array.from(text).slice(0, chars).join("");
