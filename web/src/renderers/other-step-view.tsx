/** A shield that looked at a message, or context that was retrieved for it. */
import type { Json } from "@/api/json";
import type { OtherStep } from "@/api/types";
import { Disclosure } from "@/components/disclosure";
import { type Key, t } from "@/i18n/turns";
import { InfoIcon, SearchIcon } from "@/icons/icons";

import { JsonTree } from "./json-tree";
import { StepLine } from "./step-line";
import { ToolOutput } from "./tool-output";
import { useExpanded } from "./use-expanded";

const LOOKS = {
  shield_call: { name: "step.shield", icon: <InfoIcon fontSize="inherit" /> },
  memory_retrieval: { name: "step.retrieval", icon: <SearchIcon fontSize="inherit" /> },
} as const satisfies Record<OtherStep["kind"], { readonly name: Key; readonly icon: object }>;

export function OtherStepView({ step }: { readonly step: OtherStep }) {
  const { violation, inserted_context: context } = step;
  const name = nameOf(step);
  const open = useExpanded(violation !== null);
  const line = (
    <StepLine
      icon={LOOKS[step.kind].icon}
      name={name}
      step={step}
      hasFailed={step.status === "failed" || violation?.violation_level === "error"}
    />
  );
  if (violation === null && context === null) return line;
  return (
    <Disclosure {...open} summary={line}>
      {violation && <JsonTree value={violation as unknown as Json} label={name} />}
      {context !== null && <ToolOutput text={context} label={name} />}
    </Disclosure>
  );
}

/** A shield is known by its name: an agent may have several. */
function nameOf({ kind, metadata }: OtherStep): string {
  const shield: unknown = metadata.shield_id;
  const name = t(LOOKS[kind].name);
  return typeof shield === "string" ? t("step.named", { kind: name, name: shield }) : name;
}
