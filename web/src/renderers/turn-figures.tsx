/** What an answer took, in figures. */
import type { InferenceStep } from "@/api/types";
import { t } from "@/i18n/turns";

import { FactList } from "./fact-list";
import { inferenceFacts } from "./inference-facts";

interface Props {
  readonly id: string;
  readonly step: InferenceStep;
}

export function TurnFigures({ id, step }: Props) {
  return <FactList id={id} facts={[[t("meta.model"), step.model], ...inferenceFacts(step)]} />;
}
