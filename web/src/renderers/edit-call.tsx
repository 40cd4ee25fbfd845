/** The arguments of a call, to be changed before it is made. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useEffect, useRef } from "react";

import type { JsonObject } from "@/api/json";
import { SchemaForm } from "@/forms/schema-form";
import { useSchemaForm } from "@/forms/use-schema-form";
import { t } from "@/i18n/tools";

import type { PhaseProps } from "./approval-card";
import { ACTIONS, DecisionFrame, SCROLLING } from "./decision-frame";

interface Props extends PhaseProps {
  /** What its arguments may be; without it they are JSON. */
  readonly schema: unknown;
}

export function EditCall({ asked, deciding, onBack, schema }: Props) {
  const { tool_call: call } = asked.step;
  const problems = deciding.problemsIn("arguments");
  const form = useSchemaForm(schema, call.arguments as JsonObject, problems);
  const { made } = deciding;
  const fields = useRef<HTMLElement>(null);
  useEffect(() => {
    fields.current?.querySelector<HTMLElement>("input, textarea, select")?.focus();
  }, []);
  const approve = () => {
    const changed = form.take();
    if (changed !== null) deciding.make({ decision: "approve", arguments: changed });
  };
  return (
    <DecisionFrame
      tool={call.tool_name}
      title={t("decision.editTitle")}
      deciding={deciding}
      isPlaced={Object.keys(problems).length > 0}
      onApprove={approve}
    >
      <Box ref={fields} sx={SCROLLING}>
        <SchemaForm form={form} label={t("tool.arguments")} />
      </Box>
      <Box sx={ACTIONS}>
        <Button type="submit" size="small" variant="contained" loading={made !== null}>
          {t("decision.approveChanged")}
        </Button>
        <Button size="small" color="inherit" disabled={made !== null} onClick={onBack}>
          {t("decision.back")}
        </Button>
      </Box>
    </DecisionFrame>
  );
}
