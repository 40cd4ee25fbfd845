/** What this page still has of a talk whose session is gone: to be read and copied, and nothing else. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { ErrorBoundary } from "react-error-boundary";

import type { Turn } from "@/api/types";
import { copyText } from "@/components/clipboard";
import { InlineAlert } from "@/components/inline-alert";
import { t } from "@/i18n/lost";
import { textOf } from "@/renderers/message-text";
import { turnAsMarkdown } from "@/renderers/turn-markdown";
import { TurnRenderer } from "@/renderers/turn-renderer";
import { CHAT_WIDTH } from "@/theme/theme";

interface Props {
  readonly turns: readonly Turn[];
  readonly agentName: string;
}

export function KeptTalk({ turns, agentName }: Props) {
  const markdown = () => turns.flatMap(turnAsMarkdown).join("\n\n") + "\n";
  return (
    <Box sx={{ flex: 1, minHeight: 0, overflowY: "auto" }}>
      <Box component="section" aria-label={t("kept.label")} sx={COLUMN}>
        <InlineAlert
          severity="info"
          title={t("kept.text")}
          actions={
            <Button
              size="small"
              color="inherit"
              onClick={() => void copyText(markdown(), t("action.copied"))}
            >
              {t("kept.copy")}
            </Button>
          }
        />
        {turns.map((turn) => (
          <KeptTurn key={turn.turn_id} turn={turn} agentName={agentName} />
        ))}
      </Box>
    </Box>
  );
}

function KeptTurn({ turn, agentName }: { readonly turn: Turn; readonly agentName: string }) {
  const asked = turn.input_messages.map((message) => textOf(message.content)).join(" ");
  return (
    <article aria-label={asked.slice(0, 80)}>
      <ErrorBoundary fallback={<InlineAlert severity="error" title={t("turn.broken")} />}>
        <TurnRenderer turn={turn} agentName={agentName} actions={null} />
      </ErrorBoundary>
    </article>
  );
}

const COLUMN = {
  display: "grid",
  gap: 4,
  width: 1,
  maxWidth: CHAT_WIDTH,
  mx: "auto",
  px: { xs: 2, sm: 3 },
  py: 3,
} as const;
