/**
 * Tells those who do not see the page what becomes of the newest turn.
 *
 * The rule it keeps: the transcript is silent; of a turn that runs one hears that it works, with
 * which tool, and how it ended; its words only by who wants them read. What had ended before one came is
 * not told.
 */
import { useEffect, useEffectEvent, useRef } from "react";

import type { Turn } from "@/api/types";
import { announce } from "@/components/announcer";
import { t } from "@/i18n";
import { wordCount } from "@/renderers/message-text";
import { waitingWords } from "@/renderers/waiting-words";
import { preferences } from "@/storage/preferences";
import { currentStep, isAtRest, useTurn } from "@/turn";

const REMINDER_MS = 10_000;

export function TurnAnnouncer({ turn: snapshot }: { readonly turn: Turn }) {
  const turn = useTurn(snapshot);
  const isResting = isAtRest(turn);
  const wasUnderway = useRef(!isResting);
  const activity = isResting ? null : activityOf(turn);

  useEffect(() => {
    if (activity !== null) announce(activity);
  }, [activity]);

  useEffect(() => {
    if (isResting) return;
    wasUnderway.current = true;
    const timer = setInterval(() => announce(t("announce.still")), REMINDER_MS);
    return () => clearInterval(timer);
  }, [isResting]);

  const tellEnd = useEffectEvent(() => {
    const isUrgent = turn.status === "failed" || turn.status === "awaiting_input";
    announce(endingOf(turn), isUrgent ? "urgent" : "polite");
    if (turn.status === "completed" && preferences().readsAnswers) void readAnswer(turn);
  });
  useEffect(() => {
    if (!isResting || !wasUnderway.current) return;
    wasUnderway.current = false;
    tellEnd();
  }, [isResting]);

  return null;
}

function activityOf(turn: Turn): string | null {
  if (turn.status === "queued") return null;
  const step = currentStep(turn);
  return step?.step_type === "tool_call"
    ? t("announce.tool", { tool: step.tool_call.tool_name })
    : t("announce.working");
}

/** After the word that it is there: without the marks that nobody wants to hear. */
async function readAnswer({ output_message: { content } }: Turn): Promise<void> {
  const read = await import("@/renderers/plain-text").catch(() => null);
  announce(read === null ? content : read.plainText(content));
}

function endingOf(turn: Turn): string {
  switch (turn.status) {
    case "failed":
      return t("announce.failed", { reason: turn.error?.message ?? "" });
    case "cancelled":
      return t("announce.stopped");
    case "awaiting_input":
      return waitingWords(turn);
    default:
      return t("announce.ready", { count: wordCount(turn.output_message.content) });
  }
}
