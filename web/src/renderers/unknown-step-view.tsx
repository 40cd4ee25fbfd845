/** A step of a type that this page does not know: its name, and all the server says of it. */
import type { Json } from "@/api/json";
import type { Step } from "@/api/types";
import { Disclosure } from "@/components/disclosure";
import { t } from "@/i18n/turns";
import { InfoIcon } from "@/icons/icons";

import { JsonTree } from "./json-tree";
import { StepLine } from "./step-line";

export function UnknownStepView({ step }: { readonly step: Step }) {
  const label = t("step.details", { name: step.step_type });
  return (
    <Disclosure
      summary={
        <StepLine icon={<InfoIcon fontSize="inherit" />} name={step.step_type} step={step} />
      }
    >
      <JsonTree value={step as unknown as Json} label={label} />
    </Disclosure>
  );
}
