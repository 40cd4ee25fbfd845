/**
 * One turn: what was asked, what the agent did, what it answered, and how it ended.
 *
 * The rule it keeps: a turn is drawn from its value alone, so that a turn that runs, one that was
 * loaded and one that is on its way to the server look the same, and one that did not change is
 * not drawn again.
 */
import Box from "@mui/material/Box";
import { memo, type ReactNode, Suspense } from "react";

import type { Turn } from "@/api/types";
import { late } from "@/components/late";
import { t } from "@/i18n";
import { Markdown } from "@/markdown/markdown";
import { isAtRest } from "@/turn/turn-status";

import { Attachments } from "./attachments";
import { ChatMessage, MAX_WIDTH, type Tone } from "./chat-message";
import { givenIn } from "./given-files";
import { Reasoning } from "./reasoning";
import { StepSummary } from "./step-summary";
import type { TurnActions } from "./turn-actions";
import { answeringModel, answeringStep, callsWithoutStep, saidBefore } from "./turn-facts";
import { TurnFooter } from "./turn-footer";

const TurnNotice = late(async () => (await import("./turn-notice")).TurnNotice);

/** Call it when a turn is underway: how it ends is said also when the line is down by then. */
export const preloadTurnNotice = TurnNotice.soon;

interface Props {
  readonly turn: Turn;
  readonly agentName: string;
  /** What can be done with it; null where nothing can. */
  readonly actions: TurnActions | null;
  /** More that can be done with it once it rests, beside copying. */
  readonly tools?: ReactNode;
  /** In place of the message that it answers. */
  readonly editor?: ReactNode;
  /** How it stands with its way to the server, under the message; its bubble is drawn in `tone`. */
  readonly delivery?: ReactNode;
  readonly tone?: Tone;
}

export const TurnRenderer = memo(function TurnRenderer(props: Props) {
  const { turn, agentName, actions, tools, editor, delivery, tone = "normal" } = props;
  const last = turn.input_messages.length - 1;
  return (
    <Box sx={{ display: "grid", gap: 2, minWidth: 0 }}>
      {turn.input_messages.map((message, index) => (
        <ChatMessage
          key={index}
          message={message}
          tone={tone}
          givenOf={givenIn(turn)}
          below={index === last ? delivery : undefined}
          inPlace={index === last ? editor : undefined}
        />
      ))}
      {delivery === undefined && (
        <Answer turn={turn} agentName={agentName} actions={actions} tools={tools} />
      )}
    </Box>
  );
});

type AnswerProps = Pick<Props, "turn" | "agentName" | "actions" | "tools">;

function Answer({ turn, agentName, actions, tools }: AnswerProps) {
  return (
    <ChatMessage
      message={{ ...turn.output_message, tool_calls: callsWithoutStep(turn) }}
      isLast={turn.status === "running"}
      speaker={agentName}
      above={<BeforeAnswer turn={turn} />}
      below={<AfterAnswer turn={turn} actions={actions} tools={tools} />}
    />
  );
}

function BeforeAnswer({ turn }: { readonly turn: Turn }) {
  const step = answeringStep(turn);
  return (
    <>
      <Box sx={ABOVE}>
        <StepSummary turn={turn} />
        {answeringModel(turn)?.isDemo === true && <Box sx={DEMO}>{t("turn.demo")}</Box>}
      </Box>
      {saidBefore(turn).map(({ step_id, model_response }) => (
        <Box key={step_id} sx={SAID_BEFORE}>
          <Markdown text={model_response.content} isStreaming={false} />
        </Box>
      ))}
      {step && <Reasoning step={step} />}
    </>
  );
}

function AfterAnswer({ turn, actions, tools }: Omit<AnswerProps, "agentName">) {
  if (!isAtRest(turn)) return null;
  return (
    <>
      {turn.output_attachments.length > 0 && (
        <Box sx={{ mt: 1 }}>
          <Attachments files={turn.output_attachments} />
        </Box>
      )}
      {!hasEndedWell(turn) && (
        <Suspense>
          <TurnNotice turn={turn} actions={actions} />
        </Suspense>
      )}
      {(tools !== undefined || turn.output_message.content !== "") && (
        <TurnFooter turn={turn} tools={tools} />
      )}
    </>
  );
}

/** Then there is nothing more to say about it; most turns do. */
function hasEndedWell({ status, output_message: { stop_reason: reason } }: Turn): boolean {
  return status === "completed" && reason !== "out_of_tokens" && reason !== "max_infer_iters";
}

const SAID_BEFORE = { maxWidth: MAX_WIDTH, color: "text.secondary" } as const;

const ABOVE = {
  alignSelf: "stretch",
  display: "flex",
  flexWrap: "wrap",
  justifyContent: "space-between",
  alignItems: "start",
  columnGap: 1,
} as const;

const DEMO = {
  mt: 0.25,
  px: 1,
  py: 0.25,
  borderRadius: "6px",
  bgcolor: "surface.raised",
  typography: "caption",
  lineHeight: "20px",
  color: "text.secondary",
} as const;
