/** Under an answer: copy it, and what it took. Seen when somebody comes near. */
import Box from "@mui/material/Box";
import { type ReactNode, Suspense, useId, useState } from "react";

import type { Turn } from "@/api/types";
import { ActionButton } from "@/components/action-button";
import { CopyButton } from "@/components/copy-button";
import { late } from "@/components/late";
import { t } from "@/i18n";
import { InfoIcon } from "@/icons/icons";

import { answeringStep } from "./turn-facts";

const TurnFigures = late(async () => (await import("./turn-figures")).TurnFigures);

interface Props {
  readonly turn: Turn;
  /** What else can be done with it. */
  readonly tools: ReactNode;
}

export function TurnFooter({ turn, tools }: Props) {
  const [hasFacts, setFacts] = useState(false);
  const id = useId();
  const { content } = turn.output_message;
  const step = answeringStep(turn);
  return (
    <Box className="turn-footer" sx={FOOTER}>
      {content !== "" && <CopyButton label={t("turn.copyMarkdown")} text={() => content} />}
      {step?.model && (
        <ActionButton
          label={t("turn.facts")}
          icon={<InfoIcon fontSize="inherit" />}
          aria-expanded={hasFacts}
          aria-controls={hasFacts ? id : undefined}
          onClick={() => setFacts(!hasFacts)}
          sx={{ fontSize: 18, color: "text.secondary" }}
        />
      )}
      {tools}
      {hasFacts && step && (
        <Suspense>
          <TurnFigures id={id} step={step} />
        </Suspense>
      )}
    </Box>
  );
}

const FOOTER = {
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  gap: 0.25,
  minHeight: 34,
  marginInlineStart: -0.75,
} as const;
