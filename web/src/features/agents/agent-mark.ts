/** What is said beside the name of an agent that others use, or whose owner is another. */
import type { Agent } from "@/api/types";
import { t } from "@/i18n";

export function agentMark({ access, visibility }: Agent): string | null {
  if (access === "withdrawn") return t("agents.withdrawnMark");
  return visibility === "shared" ? t("agents.sharedMark") : null;
}
