/** What a turn waits for, in words. */
import type { Turn } from "@/api/types";
import { t } from "@/i18n";

export function waitingWords({ wait_reason: reason }: Turn): string {
  return reason === null || reason === "client_tools"
    ? t("turn.awaitingInput")
    : t(`decision.${reason}`);
}
