/** The arguments of a call, to be changed before it is made. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useEffect, useMemo, useRef } from "react";

import { isList, isObject, type Json, type JsonObject } from "@/api/json";
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
  const { tool_call: call, metadata } = asked.step;
  const problems = deciding.problemsIn("arguments");
  const { schema: open, values } = useMemo(
    () => unsettled(schema, call.arguments as JsonObject, metadata.settled_arguments),
    [schema, call, metadata],
  );
  const form = useSchemaForm(open, values, problems);
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

/** What a person may change: the arguments that the agent has settled are not among that. */
function unsettled(schema: unknown, values: JsonObject, settled: unknown) {
  const names = isObject(settled as Json) ? Object.keys(settled as JsonObject) : [];
  if (names.length === 0) return { schema, values };
  const isOpen = ([name]: readonly [string, Json]) => !names.includes(name);
  const open = (object: JsonObject) => Object.fromEntries(Object.entries(object).filter(isOpen));
  const whole = schema as Json;
  if (!isObject(whole) || !isObject(whole.properties)) return { schema, values: open(values) };
  const required = isList(whole.required) ? whole.required : [];
  const fewer = {
    ...whole,
    properties: open(whole.properties),
    required: required.filter((name) => typeof name === "string" && !names.includes(name)),
  };
  return { schema: fewer, values: open(values) };
}
