/** The figures of an inference, as far as they are known. */
import type { InferenceStep } from "@/api/types";
import { formatDuration, formatNumber } from "@/i18n";
import { t } from "@/i18n/turns";

import type { Fact } from "./fact-list";
import { timeToFirstToken, tokensPerSecond } from "./turn-facts";

export function inferenceFacts(step: InferenceStep): readonly Fact[] {
  const firstToken = timeToFirstToken(step);
  const speed = tokensPerSecond(step);
  const facts: Fact[] = [];
  if (firstToken !== null) facts.push([t("meta.firstToken"), formatDuration(firstToken)]);
  if (speed !== null)
    facts.push([t("meta.speed"), t("meta.tokensPerSecond", { n: Math.round(speed) })]);
  if (step.usage !== null) {
    facts.push([t("meta.input"), formatNumber(step.usage.input_tokens)]);
    facts.push([t("meta.output"), formatNumber(step.usage.output_tokens)]);
  }
  return facts;
}
