/**
 * A turn has come to rest, and its reader looks elsewhere: its session and the tab are marked, and who waits for it is
 * told.
 *
 * The rules it keeps: a turn is told of once, whichever tabs are open, and not at all when it is seen in one of them;
 * who has stopped a turn knows that it has ended.
 */
import { navigate } from "wouter/use-browser-location";

import { getTurn } from "@/api/inspector-client";
import type { Session, Turn } from "@/api/types";
import { endAwaiting, isAwaited } from "@/components/awaited";
import { paths } from "@/components/paths";
import { markTitle } from "@/components/use-document-title";
import { t } from "@/i18n/extras";
import { plainText } from "@/renderers/plain-text";
import { waitingWords } from "@/renderers/waiting-words";
import { heardRest } from "@/storage/looks";
import { wasSeen } from "@/storage/seen";

const MOST_CHARS = 140;

let unseen = 0;

export async function tellOfRest(session: Session, turnId: string): Promise<void> {
  heardRest(session);
  if (document.hidden) markTab();
  if (!isAwaited(turnId) || Notification.permission !== "granted") return;
  const { agent_id: agentId, session_id: sessionId } = session;
  const turn = await getTurn({ agentId, sessionId, turnId });
  endAwaiting(turnId);
  const body = bodyOf(turn);
  if (body === null || wasSeen(turnId)) return;
  const told = new Notification(session.session_name, {
    body,
    tag: turnId,
    icon: "/icons/app-192.png",
  });
  told.onclick = () => {
    told.close();
    focus();
    navigate(paths.session(agentId, sessionId, turnId));
  };
}

/** What is to be said of it; nothing of one that was stopped, or that goes on already. */
export function bodyOf(turn: Turn): string | null {
  switch (turn.status) {
    case "completed":
      return firstWords(plainText(turn.output_message.content)) || t("notice.ready");
    case "awaiting_input":
      return waitingWords(turn);
    case "failed":
      return t("notice.failed");
    case "cancelled":
    case "queued":
    case "running":
      return null;
    default:
      return turn.status satisfies never;
  }
}

function firstWords(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length <= MOST_CHARS ? line : `${line.slice(0, MOST_CHARS).replace(/\s\S*$/, "")}…`;
}

/** Until somebody comes back to the tab. */
function markTab(): void {
  unseen += 1;
  markTitle(true);
  badge(unseen);
  if (unseen === 1) document.addEventListener("visibilitychange", unmark);
}

function unmark(): void {
  if (document.hidden) return;
  document.removeEventListener("visibilitychange", unmark);
  unseen = 0;
  markTitle(false);
  badge(0);
}

/** On the icon of an installed app, where the browser has such a thing. */
function badge(count: number): void {
  if (!("setAppBadge" in navigator)) return;
  navigator.setAppBadge(count).catch(() => undefined); // the page is not installed
}
