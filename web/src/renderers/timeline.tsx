/** The steps of a turn in their order, each drawn by what it is. */
import Box from "@mui/material/Box";

import type { Step } from "@/api/types";
import { t } from "@/i18n";

import { renderStep } from "./registry";

export function Timeline({ steps }: { readonly steps: readonly Step[] }) {
  return (
    <Box component="ol" aria-label={t("turn.steps")} sx={TIMELINE}>
      {steps.map((step) => (
        <li key={step.step_id} id={`step-${step.step_id}`}>
          {renderStep(step)}
        </li>
      ))}
    </Box>
  );
}

const TIMELINE = {
  listStyle: "none",
  m: 0,
  my: 0.5,
  p: 0,
  paddingInlineStart: 1.5,
  marginInlineStart: 0.875,
  borderInlineStart: "1px solid",
  borderColor: "divider",
  display: "grid",
  gap: 0.25,
} as const;
