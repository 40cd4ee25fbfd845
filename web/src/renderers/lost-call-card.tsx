/** A tool that was lost while it ran: a person says whether it runs again. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";

import type { Decision } from "@/api/types";
import { t } from "@/i18n/tools";

import { ACTIONS, DecisionFrame, SCROLLING } from "./decision-frame";
import { ToolArguments } from "./tool-arguments";
import { type Asked, useDecision } from "./use-decision";

export function LostCallCard(asked: Asked) {
  const { tool_call: call } = asked.step;
  const deciding = useDecision(asked);
  const { made, make } = deciding;
  const button = (decision: Decision["decision"]) => ({
    size: "small" as const,
    loading: made === decision,
    disabled: made !== null,
  });
  const deny = () => make({ decision: "deny" });
  return (
    <DecisionFrame
      tool={call.tool_name}
      title={t("decision.unknown_outcome")}
      deciding={deciding}
      onApprove={() => make({ decision: "approve" })}
      onDeny={deny}
    >
      <Box sx={SCROLLING}>
        <ToolArguments toolCall={call} />
      </Box>
      <Box sx={ACTIONS}>
        <Button {...button("approve")} type="submit" variant="contained" aria-keyshortcuts="A">
          {t("decision.unknown_outcome.approve")}
        </Button>
        <Button
          {...button("deny")}
          variant="outlined"
          color="inherit"
          aria-keyshortcuts="D"
          onClick={deny}
        >
          {t("decision.unknown_outcome.deny")}
        </Button>
      </Box>
    </DecisionFrame>
  );
}
