/** Under an answer: copy it, and what it took. Seen when somebody comes near. */
import Box from "@mui/material/Box";
import { type ReactNode, useId, useState } from "react";

import type { Turn } from "@/api/types";
import { ActionButton } from "@/components/action-button";
import { t } from "@/i18n";
import { FileIcon, InfoIcon } from "@/icons/icons";

import { CopyButton } from "@/components/copy-button";
import { type Fact, FactList } from "./fact-list";
import { inferenceFacts } from "./inference-facts";
import { plainText } from "./message-text";
import { answeringStep } from "./turn-facts";

interface Props {
  readonly turn: Turn;
  /** What else can be done with it. */
  readonly tools: ReactNode;
}

export function TurnFooter({ turn, tools }: Props) {
  const [hasFacts, setFacts] = useState(false);
  const id = useId();
  const { content } = turn.output_message;
  const facts = factsOf(turn);
  return (
    <Box className="turn-footer" sx={FOOTER}>
      {content !== "" && (
        <>
          <CopyButton label={t("turn.copyMarkdown")} text={() => content} />
          <CopyButton
            label={t("turn.copyPlain")}
            text={() => plainText(content)}
            icon={<FileIcon fontSize="inherit" />}
          />
        </>
      )}
      {facts.length > 0 && (
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
      {hasFacts && <FactList id={id} facts={facts} />}
    </Box>
  );
}

function factsOf(turn: Turn): readonly Fact[] {
  const step = answeringStep(turn);
  return !step?.model ? [] : [[t("meta.model"), step.model], ...inferenceFacts(step)];
}

const FOOTER = {
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  gap: 0.25,
  minHeight: 34,
  marginInlineStart: -0.75,
} as const;
