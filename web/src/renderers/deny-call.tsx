/** Denying a call, with a word to the agent about why. Enter denies without one. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import TextField from "@mui/material/TextField";
import { useEffect, useRef, useState } from "react";

import { t } from "@/i18n/tools";

import type { PhaseProps } from "./approval-card";
import { ACTIONS, DecisionFrame } from "./decision-frame";

export function DenyCall({ asked, deciding, onBack }: PhaseProps) {
  const [reason, setReason] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const { made } = deciding;
  const said = reason.trim();
  return (
    <DecisionFrame
      tool={asked.step.tool_call.tool_name}
      title={t("decision.denyTitle")}
      deciding={deciding}
      onApprove={() => deciding.make({ decision: "deny", ...(said !== "" && { reason: said }) })}
    >
      <TextField
        inputRef={field}
        size="small"
        fullWidth
        label={t("decision.reason")}
        placeholder={t("decision.reasonExample")}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        onKeyDown={(press) => {
          if (press.key !== "Escape") return;
          press.stopPropagation();
          onBack();
        }}
        slotProps={{ htmlInput: { dir: "auto", maxLength: 2000 } }}
      />
      <Box sx={ACTIONS}>
        <Button
          type="submit"
          size="small"
          variant="contained"
          color="error"
          loading={made !== null}
        >
          {t("decision.approval.deny")}
        </Button>
        <Button size="small" color="inherit" disabled={made !== null} onClick={onBack}>
          {t("decision.back")}
        </Button>
      </Box>
    </DecisionFrame>
  );
}
