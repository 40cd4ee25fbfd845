/** How a turn ended when it did not end well, and what can be done about it. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";

import type { Failure, Turn } from "@/api/types";
import { InlineAlert } from "@/components/inline-alert";
import { t } from "@/i18n";
import { RetryIcon, StopIcon } from "@/icons/icons";

import type { TurnActions } from "./turn-actions";

interface Props {
  readonly turn: Turn;
  /** Only the last turn can be tried again or gone on with: an older one has been answered to. */
  readonly actions: TurnActions | null;
}

export function TurnNotice({ turn, actions }: Props) {
  switch (turn.status) {
    case "failed":
      return <Failed turn={turn} failure={turn.error} actions={actions} />;
    case "cancelled":
      return <Stopped turn={turn} actions={actions} />;
    case "awaiting_input":
      return <InlineAlert severity="info" title={t("turn.awaitingInput")} />;
    case "completed":
      return <CutShort turn={turn} actions={actions} />;
    case "queued":
    case "running":
      return null;
    default:
      return turn.status satisfies never;
  }
}

/** The server stopped while the turn ran. */
const INTERRUPTED = "interrupted";

function Failed({ turn, failure, actions }: Props & { readonly failure: Failure | null }) {
  const isInterrupted = failure?.code === INTERRUPTED;
  return (
    <InlineAlert
      severity={isInterrupted ? "warning" : "error"}
      title={isInterrupted ? t("turn.interrupted") : t("turn.failed")}
      actions={actions && <RetryButton turn={turn} actions={actions} />}
    >
      {!isInterrupted && failure?.message}
      {failure && !isInterrupted && (
        <Box component="span" sx={{ typography: "caption", display: "block" }}>
          {t("turn.errorCode", { code: failure.code })}
        </Box>
      )}
    </InlineAlert>
  );
}

function Stopped({ turn, actions }: Props) {
  return (
    <Line>
      <StopIcon sx={{ fontSize: 18 }} />
      {t("turn.stopped")}
      {actions && <ContinueButton turn={turn} actions={actions} />}
      {actions && <RetryButton turn={turn} actions={actions} />}
    </Line>
  );
}

function CutShort({ turn, actions }: Props) {
  const reason = turn.output_message.stop_reason;
  if (reason !== "out_of_tokens" && reason !== "max_infer_iters") return null;
  return (
    <Line>
      {reason === "out_of_tokens" ? t("turn.outOfTokens") : t("turn.outOfSteps")}
      {actions && <ContinueButton turn={turn} actions={actions} />}
    </Line>
  );
}

interface ButtonProps {
  readonly turn: Turn;
  readonly actions: TurnActions;
}

function RetryButton({ turn, actions }: ButtonProps) {
  return (
    <Button
      size="small"
      color="inherit"
      startIcon={<RetryIcon />}
      onClick={() => actions.retry(turn)}
    >
      {t("action.retry")}
    </Button>
  );
}

function ContinueButton({ actions }: ButtonProps) {
  return (
    <Button size="small" color="inherit" onClick={() => actions.goOn()}>
      {t("turn.continue")}
    </Button>
  );
}

function Line({ children }: { readonly children: React.ReactNode }) {
  return <Box sx={LINE}>{children}</Box>;
}

const LINE = {
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  gap: 1,
  typography: "body2",
  color: "text.secondary",
} as const;
