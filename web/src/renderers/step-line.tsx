/** One step in one line: what it is, how it stands, how long it took. */
import Box from "@mui/material/Box";
import CircularProgress from "@mui/material/CircularProgress";
import type { ReactNode } from "react";

import type { Step } from "@/api/types";
import { formatDuration } from "@/i18n";
import { t } from "@/i18n/turns";
import { ErrorIcon, InfoIcon, StopIcon, SuccessIcon } from "@/icons/icons";

import { isPending, stepDuration } from "./turn-facts";

interface Props {
  readonly icon: ReactNode;
  readonly name: string;
  readonly step: Step | undefined;
  /** Some steps complete and yet did not do what they should. */
  readonly hasFailed?: boolean;
  /** More to say about it, such as its tokens. */
  readonly note?: string | undefined;
}

export function StepLine({ icon, name, step, hasFailed = step?.status === "failed", note }: Props) {
  const duration = step === undefined ? null : stepDuration(step);
  return (
    <Box component="span" sx={LINE}>
      <Box component="span" sx={{ display: "inline-flex", fontSize: 18, flex: "none" }}>
        {icon}
      </Box>
      <Box component="span" sx={NAME}>
        {name}
      </Box>
      {step && <Status status={hasFailed ? "failed" : statusOf(step)} />}
      {duration !== null && <Fact>{formatDuration(duration)}</Fact>}
      {note !== undefined && <Fact>{note}</Fact>}
      {step !== undefined && step.attempt > 1 && (
        <Fact>{t("step.attempt", { n: step.attempt })}</Fact>
      )}
    </Box>
  );
}

const STATUS = {
  running: () => <CircularProgress size={14} thickness={5} aria-label={t("step.running")} />,
  completed: () => (
    <SuccessIcon titleAccess={t("step.completed")} color="success" sx={{ fontSize: 16 }} />
  ),
  failed: () => <ErrorIcon titleAccess={t("step.failed")} color="error" sx={{ fontSize: 16 }} />,
  cancelled: () => <StopIcon titleAccess={t("step.cancelled")} sx={{ fontSize: 16 }} />,
  pending: () => <InfoIcon titleAccess={t("step.pending")} color="warning" sx={{ fontSize: 16 }} />,
  denied: () => <StopIcon titleAccess={t("step.denied")} sx={{ fontSize: 16 }} />,
} as const satisfies Record<Step["status"] | "pending" | "denied", () => ReactNode>;

/** A tool that waits for a person does not run, though it has begun; one that was denied did not. */
function statusOf(step: Step): keyof typeof STATUS {
  if (step.step_type === "tool_call" && step.approval === "denied") return "denied";
  return isPending(step) ? "pending" : step.status;
}

function Status({ status }: { readonly status: keyof typeof STATUS }) {
  return STATUS[status]();
}

function Fact({ children }: { readonly children: ReactNode }) {
  return (
    <Box component="span" sx={{ typography: "caption", flex: "none" }}>
      {children}
    </Box>
  );
}

const LINE = { display: "flex", alignItems: "center", gap: 0.75, minWidth: 0 } as const;

const NAME = {
  overflow: "hidden",
  textOverflow: "ellipsis",
  whiteSpace: "nowrap",
  color: "text.primary",
} as const;
