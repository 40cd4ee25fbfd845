/**
 * What one thinks of an answer: a thumb up or down, and words if one has some.
 *
 * The rule it keeps: a press counts at once and pressing again takes it back; words are asked for
 * after that, and need not come.
 */
import Box from "@mui/material/Box";
import { Suspense, useState } from "react";

import { useRateTurn } from "@/api/feedback-queries";
import type { Feedback, Turn } from "@/api/types";
import { ActionButton } from "@/components/action-button";
import { reasonOf } from "@/components/error-text";
import { late } from "@/components/late";
import { notify } from "@/components/notices";
import { t } from "@/i18n/branches";
import { ThumbUpIcon } from "@/icons/thumb";

const FeedbackWords = late(async () => (await import("./feedback-words")).FeedbackWords);

interface Props {
  readonly turn: Turn;
  readonly agentId: string;
  /** As the server has it, or is about to. */
  readonly feedback: Feedback | null;
}

export function TurnFeedback({ turn, agentId, feedback }: Props) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const { mutate } = useRateTurn(agentId, turn, feedback);
  const say = (said: Feedback | null) =>
    mutate(said, {
      onError: (error) => notify(t("feedback.notKept", { reason: reasonOf(error) })),
    });
  const thumb = (rating: Feedback["rating"]) => (
    <ActionButton
      label={t(`feedback.${rating}`)}
      icon={<ThumbUpIcon fontSize="inherit" sx={{ rotate: rating === "up" ? "0deg" : "180deg" }} />}
      aria-pressed={feedback?.rating === rating}
      onClick={({ currentTarget }) => {
        const isTakenBack = feedback?.rating === rating;
        say(isTakenBack ? null : { rating, comment: "" });
        setAnchor(isTakenBack ? null : currentTarget);
      }}
      sx={feedback?.rating === rating ? PRESSED : THUMB}
    />
  );
  return (
    <Box
      role="group"
      aria-label={t("feedback.label")}
      data-stays={feedback !== null || undefined}
      sx={{ display: "inline-flex", gap: "2px" }}
    >
      {thumb("up")}
      {thumb("down")}
      {anchor !== null && feedback !== null && (
        <Suspense>
          <FeedbackWords
            anchor={anchor}
            feedback={feedback}
            onSay={say}
            onClose={() => setAnchor(null)}
          />
        </Suspense>
      )}
    </Box>
  );
}

const THUMB = { fontSize: 18, color: "text.secondary" } as const;
const PRESSED = {
  ...THUMB,
  color: "primary.main",
  bgcolor: "action.selected",
  "& path": { fill: "currentColor", fillOpacity: 0.35 },
} as const;
