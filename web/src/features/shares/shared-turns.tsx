/** The turns that a link shows, each drawn as all turns are. */
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { styled } from "@mui/material/styles";
import { memo, Suspense, useId, useState } from "react";
import { ErrorBoundary } from "react-error-boundary";

import type { SharedTurn, Turn } from "@/api/types";
import { ActionButton } from "@/components/action-button";
import { InlineAlert } from "@/components/inline-alert";
import { late } from "@/components/late";
import { VisuallyHidden } from "@/components/visually-hidden";
import { t } from "@/i18n/shares";
import { CodeIcon } from "@/icons/icons";
import { textOf } from "@/renderers/message-text";
import { TurnRenderer } from "@/renderers/turn-renderer";

const RawTurn = late(async () => (await import("@/renderers/raw-turn")).RawTurn);

const TITLE_CHARS = 80;

interface Props {
  readonly turns: readonly SharedTurn[];
  /** Each can be read as it came, too. */
  readonly isRaw: boolean;
}

export function SharedTurns({ turns, isRaw }: Props) {
  if (turns.length === 0)
    return <Typography sx={{ m: "auto", color: "text.secondary" }}>{t("shared.empty")}</Typography>;
  return (
    <Box component="section" aria-label={t("shared.label")} sx={{ display: "grid", gap: 4 }}>
      {turns.map((turn) => (
        <SharedTurnView key={turn.n} turn={turn} isRaw={isRaw} />
      ))}
    </Box>
  );
}

interface TurnProps {
  readonly turn: SharedTurn;
  readonly isRaw: boolean;
}

const SharedTurnView = memo(function SharedTurnView({ turn, isRaw }: TurnProps) {
  const title = useId();
  return (
    <Box component="article" aria-labelledby={title} sx={ARTICLE}>
      <Title as="h2" id={title}>
        {turn.input_messages
          .map((message) => textOf(message.content))
          .join(" ")
          .slice(0, TITLE_CHARS)}
      </Title>
      <ErrorBoundary fallback={<InlineAlert severity="error" title={t("turn.broken")} />}>
        <TurnRenderer
          turn={whole(turn)}
          agentName={t("message.agent")}
          actions={null}
          {...(isRaw && { tools: <RawButton turn={turn} /> })}
        />
      </ErrorBoundary>
    </Box>
  );
});

function RawButton({ turn }: { readonly turn: SharedTurn }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <ActionButton
        label={t("shared.raw")}
        icon={<CodeIcon fontSize="inherit" />}
        aria-haspopup="dialog"
        onPointerEnter={RawTurn.soon}
        onClick={() => setOpen(true)}
        sx={{ fontSize: 18, color: "text.secondary" }}
      />
      {isOpen && (
        <Suspense>
          <RawTurn turn={turn} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

/** What a link does not say of a turn is not there to be drawn. */
const whole = (turn: SharedTurn): Turn => ({
  ...turn,
  turn_id: String(turn.n),
  session_id: "",
  wait_reason: null,
  parent_turn_id: null,
  last_event_id: null,
  feedback: null,
});

const Title = styled(VisuallyHidden)({ userSelect: "none" });

/** What is far out of sight is not laid out; on paper all is. */
const ARTICLE = {
  position: "relative",
  minWidth: 0,
  contentVisibility: "auto",
  containIntrinsicSize: "auto 320px",
  "@media print": {
    contentVisibility: "visible",
    breakInside: "avoid-page",
    "& .turn-footer, & .MuiAvatar-root": { display: "none" },
  },
} as const;
