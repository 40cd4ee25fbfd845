/**
 * A tool call about which a person decides: what would run, and two ways on.
 *
 * The rules it keeps: A and D decide only while the focus is on the card, never where somebody
 * types (WCAG 2.1.4); what was decided is gone from here once the server says that the turn goes on.
 */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { type KeyboardEvent, useRef, useState } from "react";

import type { Decision } from "@/api/client";
import type { ToolCallStep, Turn } from "@/api/types";
import { reasonOf } from "@/components/error-text";
import { InlineAlert } from "@/components/inline-alert";
import { t } from "@/i18n";

import { MAX_WIDTH } from "./chat-message";
import { ToolCallRenderer } from "./tool-call-renderer";
import type { TurnActions } from "./turn-actions";
import { waitingWords } from "./waiting-words";

interface Props {
  readonly turn: Turn;
  readonly step: ToolCallStep;
  readonly decide: TurnActions["decide"];
}

const KEYS: Readonly<Record<string, Decision>> = { a: "approve", d: "deny" };

export function DecisionCard({ turn, step, decide }: Props) {
  const card = useRef<HTMLElement>(null);
  const { made, error, make } = useDecision(async (decision) => {
    const article = card.current?.closest("article");
    await decide(turn, step.tool_call.call_id, decision);
    article?.focus(); // the card goes away
  });
  const onKeyDown = (press: KeyboardEvent) => {
    const decision = KEYS[press.key.toLowerCase()];
    if (decision === undefined || press.ctrlKey || press.metaKey || press.altKey) return;
    make(decision);
  };
  const button = { reason: turn.wait_reason, made, onDecide: make };
  return (
    <Box
      ref={card}
      role="group"
      aria-label={t("decision.label", { tool: step.tool_call.tool_name })}
      onKeyDown={onKeyDown}
      sx={CARD}
    >
      <InlineAlert
        severity="warning"
        title={waitingWords(turn)}
        actions={
          <>
            <DecisionButton {...button} decision="approve" />
            <DecisionButton {...button} decision="deny" />
          </>
        }
      >
        <ToolCallRenderer toolCall={step.tool_call} isOpen />
      </InlineAlert>
      {error !== null && (
        <InlineAlert
          severity="error"
          title={t("decision.failed", { reason: reasonOf(error) })}
          announced
        />
      )}
    </Box>
  );
}

/** One decision at a time; after an error another one can be made. */
function useDecision(decide: (decision: Decision) => Promise<void>) {
  const [made, setMade] = useState<Decision | null>(null);
  const [error, setError] = useState<unknown>(null);
  const make = (decision: Decision) => {
    if (made !== null) return;
    setMade(decision);
    setError(null);
    decide(decision).catch((reason: unknown) => {
      setMade(null);
      setError(reason);
    });
  };
  return { made, error, make };
}

interface DecisionButtonProps {
  readonly reason: Turn["wait_reason"];
  readonly decision: Decision;
  readonly made: Decision | null;
  readonly onDecide: (decision: Decision) => void;
}

function DecisionButton({ reason, decision, made, onDecide }: DecisionButtonProps) {
  const asked = reason === "unknown_outcome" ? reason : "approval";
  const isApproval = decision === "approve";
  return (
    <Button
      size="small"
      variant={isApproval ? "contained" : "outlined"}
      color={isApproval ? "primary" : "inherit"}
      aria-keyshortcuts={isApproval ? "A" : "D"}
      loading={made === decision}
      disabled={made !== null}
      onClick={() => onDecide(decision)}
    >
      {t(`decision.${asked}.${decision}`)}
    </Button>
  );
}

const CARD = { alignSelf: "stretch", maxWidth: MAX_WIDTH, display: "grid", gap: 1 } as const;
