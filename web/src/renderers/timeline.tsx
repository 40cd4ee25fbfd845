/** The steps of a turn in their order, each drawn by what it is. */
import Box from "@mui/material/Box";
import { use } from "react";

import type { Step } from "@/api/types";
import { ActionButton } from "@/components/action-button";
import { InspectContext } from "@/components/inspected";
import { t } from "@/i18n/turns";
import { InspectorIcon } from "@/icons/icons";

import { renderStep } from "./registry";

export function Timeline({ steps }: { readonly steps: readonly Step[] }) {
  const inspect = use(InspectContext);
  return (
    <Box component="ol" aria-label={t("turn.steps")} sx={TIMELINE}>
      {steps.map((step) => (
        <Box component="li" key={step.step_id} id={`step-${step.step_id}`} sx={ROW}>
          <Box sx={{ flex: 1, minWidth: 0 }}>{renderStep(step)}</Box>
          {inspect && (
            <ActionButton
              label={t("step.inspect")}
              icon={<InspectorIcon fontSize="inherit" />}
              onClick={() => inspect(step.turn_id, step.step_id)}
              sx={{ fontSize: 16, color: "text.secondary" }}
            />
          )}
        </Box>
      ))}
    </Box>
  );
}

const ROW = {
  display: "flex",
  alignItems: "start",
  gap: 0.5,
  // As high as the line beside it.
  "@media (pointer: coarse)": { "& > .MuiIconButton-root": { width: 44, height: 44 } },
} as const;

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
