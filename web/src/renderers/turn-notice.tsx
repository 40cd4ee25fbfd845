/** How a turn ended when it did not end well, and what can be done about it. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { type ReactNode, Suspense } from "react";

import type { Failure, Turn } from "@/api/types";
import { InlineAlert } from "@/components/inline-alert";
import { late } from "@/components/late";
import { t } from "@/i18n/turns";
import { RetryIcon, StopIcon } from "@/icons/icons";

import { MAX_WIDTH } from "./chat-message";
import type { TurnActions } from "./turn-actions";
import { callsWithoutStep, isPending } from "./turn-facts";
import { WaitingCalls } from "./waiting-calls";
import { waitingWords } from "./waiting-words";

/** Few turns ever wait for a person. */
const DecisionCards = late(async () => (await import("./decision-card")).DecisionCards);

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
      return <Waiting turn={turn} actions={actions} />;
    case "completed":
      return <CutShort turn={turn} actions={actions} />;
    case "queued":
    case "running":
      return null;
    default:
      return turn.status satisfies never;
  }
}

/** A tool that waits for a person gets its card here; others are answered by another program. */
function Waiting({ turn, actions }: Props) {
  const pending = turn.steps.filter(isPending);
  if (turn.wait_reason === "client_tools" && pending.length === 0)
    return <WaitingCalls calls={callsWithoutStep(turn)} />;
  if (actions === null || pending.length === 0)
    return <InlineAlert severity="info" title={waitingWords(turn)} />;
  return (
    <Suspense>
      <DecisionCards turn={turn} pending={pending} decide={actions.decide} />
    </Suspense>
  );
}

/** The server stopped while the turn ran. */
const INTERRUPTED = "interrupted";

function Failed({ turn, failure, actions }: Props & { readonly failure: Failure | null }) {
  const retry = actions && <RetryButton turn={turn} actions={actions} />;
  return (
    <Box sx={ALERT}>
      {failure?.code === INTERRUPTED ? (
        <InlineAlert severity="warning" title={t("turn.interrupted")} actions={retry} />
      ) : (
        <InlineAlert severity="error" title={t("turn.failed")} actions={retry}>
          {failure && <Reason failure={failure} />}
        </InlineAlert>
      )}
    </Box>
  );
}

function Reason({ failure }: { readonly failure: Failure }) {
  return (
    <>
      {failure.message}
      <Box component="span" sx={{ typography: "caption", display: "block" }}>
        {t("turn.errorCode", { code: failure.code })}
      </Box>
    </>
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

function cutShortBy(turn: Turn) {
  switch (turn.output_message.stop_reason) {
    case "out_of_tokens":
      return "turn.outOfTokens";
    case "max_infer_iters":
      return "turn.outOfSteps";
    case "budget_reached":
      return "turn.budgetReached";
    default:
      return null;
  }
}

function CutShort({ turn, actions }: Props) {
  const reason = cutShortBy(turn);
  if (reason === null) return null;
  return (
    <Line>
      {t(reason)}
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
      variant="outlined"
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
    <Button size="small" variant="outlined" color="inherit" onClick={() => actions.goOn()}>
      {t("turn.continue")}
    </Button>
  );
}

function Line({ children }: { readonly children: ReactNode }) {
  return <Box sx={LINE}>{children}</Box>;
}

const ALERT = { alignSelf: "stretch", maxWidth: MAX_WIDTH, mt: 0.5 } as const;

const LINE = {
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  gap: 1,
  mt: 1,
  typography: "body2",
  color: "text.secondary",
} as const;
