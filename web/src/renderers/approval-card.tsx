/** A tool call that runs once a person says so: as the agent asked, changed, or not at all. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Checkbox from "@mui/material/Checkbox";
import FormControlLabel from "@mui/material/FormControlLabel";
import Typography from "@mui/material/Typography";
import { useEffect, useRef, useState } from "react";

import { useTools } from "@/api/tool-queries";
import type { ToolInfo } from "@/api/types";
import { t } from "@/i18n/tools";
import { EditIcon } from "@/icons/icons";

import { ACTIONS, DecisionFrame, SCROLLING } from "./decision-frame";
import { DenyCall } from "./deny-call";
import { EditCall } from "./edit-call";
import { ToolArguments } from "./tool-arguments";
import { type Asked, type Deciding, useDecision } from "./use-decision";

type Phase = "asking" | "editing" | "denying";

/** What each phase of the card is given. */
export interface PhaseProps {
  readonly asked: Asked;
  readonly deciding: Deciding;
  /** Back to the question. */
  readonly onBack: () => void;
}

export function ApprovalCard(asked: Asked) {
  const deciding = useDecision(asked);
  const [phase, setPhase] = useState<Phase>("asking");
  const [isBack, setBack] = useState(false);
  const { data: tools } = useTools();
  const tool = tools?.find(({ name }) => name === asked.step.tool_call.tool_name);
  const onBack = () => {
    setPhase("asking");
    setBack(true);
  };
  const props = { asked, deciding, onBack };
  switch (phase) {
    case "asking":
      return <Asking {...props} tool={tool} isBack={isBack} onPhase={setPhase} />;
    case "editing":
      return <EditCall {...props} schema={tool?.input_schema} />;
    case "denying":
      return <DenyCall {...props} />;
    default:
      return phase satisfies never;
  }
}

interface AskingProps extends PhaseProps {
  readonly tool: ToolInfo | undefined;
  /** Somebody comes back from another phase: the focus is wanted here. */
  readonly isBack: boolean;
  readonly onPhase: (phase: Phase) => void;
}

function Asking({ asked, deciding, tool, isBack, onPhase }: AskingProps) {
  const { tool_call: call, metadata } = asked.step;
  const [remembers, setRemembers] = useState(false);
  const approveButton = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isBack) approveButton.current?.focus();
  }, [isBack]);
  const approve = () =>
    deciding.make({ decision: "approve", ...(remembers && { remember: true }) });
  const isBusy = deciding.made !== null;
  return (
    <DecisionFrame
      tool={call.tool_name}
      title={t("decision.approval")}
      deciding={deciding}
      onApprove={approve}
      onDeny={() => onPhase("denying")}
    >
      {tool !== undefined && tool.description !== "" && (
        <Typography variant="body2" sx={DESCRIPTION}>
          {tool.description}
        </Typography>
      )}
      <Box sx={SCROLLING}>
        <ToolArguments toolCall={call} />
      </Box>
      <Remember rule={metadata.approval_rule} isOn={remembers} onChange={setRemembers} />
      <Box sx={ACTIONS}>
        <Button
          ref={approveButton}
          type="submit"
          size="small"
          variant="contained"
          aria-keyshortcuts="A"
          loading={deciding.made === "approve"}
          disabled={isBusy}
        >
          {t("decision.approval.approve")}
        </Button>
        <Button
          size="small"
          variant="outlined"
          color="inherit"
          aria-keyshortcuts="D"
          aria-expanded={false}
          disabled={isBusy}
          onClick={() => onPhase("denying")}
        >
          {t("decision.approval.deny")}
        </Button>
        {metadata.is_editable !== false && (
          <Button
            size="small"
            variant="outlined"
            color="inherit"
            startIcon={<EditIcon />}
            aria-expanded={false}
            disabled={isBusy}
            onClick={() => onPhase("editing")}
          >
            {t("decision.edit")}
          </Button>
        )}
      </Box>
    </DecisionFrame>
  );
}

interface RememberProps {
  readonly rule: unknown;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

/** A tool that is asked about the first time only is remembered by itself. */
function Remember({ rule, isOn, onChange }: RememberProps) {
  if (rule === "first_time")
    return (
      <Typography variant="caption" sx={{ color: "text.secondary" }}>
        {t("decision.once")}
      </Typography>
    );
  return (
    <FormControlLabel
      label={t("decision.remember")}
      control={<Checkbox size="small" checked={isOn} onChange={(_, on) => onChange(on)} />}
      slotProps={{ typography: { variant: "body2" } }}
      sx={{ marginInlineStart: -1, my: -0.5 }}
    />
  );
}

const DESCRIPTION = {
  color: "text.secondary",
  whiteSpace: "pre-wrap",
  display: "-webkit-box",
  WebkitBoxOrient: "vertical",
  WebkitLineClamp: 3,
  overflow: "hidden",
} as const;
