/**
 * What one thinks of an answer: a thumb up or down, and words if one has some.
 *
 * The rule it keeps: a press counts at once and pressing again takes it back; words are asked for
 * after that, and need not come.
 */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Popover from "@mui/material/Popover";
import TextField from "@mui/material/TextField";
import { useState } from "react";

import { useRateTurn } from "@/api/feedback-queries";
import type { Feedback, Turn } from "@/api/types";
import { ActionButton } from "@/components/action-button";
import { reasonOf } from "@/components/error-text";
import { notify } from "@/components/notices";
import { t } from "@/i18n/branches";
import { ThumbUpIcon } from "@/icons/thumb";

const MOST_CHARS = 2000;

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
    <Box role="group" aria-label={t("feedback.label")} sx={{ display: "inline-flex", gap: "2px" }}>
      {thumb("up")}
      {thumb("down")}
      {anchor !== null && feedback !== null && (
        <Words anchor={anchor} feedback={feedback} onSay={say} onClose={() => setAnchor(null)} />
      )}
    </Box>
  );
}

interface WordsProps {
  readonly anchor: HTMLElement;
  readonly feedback: Feedback;
  readonly onSay: (feedback: Feedback) => void;
  readonly onClose: () => void;
}

function Words({ anchor, feedback, onSay, onClose }: WordsProps) {
  const [comment, setComment] = useState("");
  const isUp = feedback.rating === "up";
  return (
    <Popover
      open
      anchorEl={anchor}
      onClose={onClose}
      anchorOrigin={{ vertical: "bottom", horizontal: "left" }}
      slotProps={{
        paper: { role: "dialog", "aria-label": t("feedback.words"), sx: { width: 320 } },
      }}
    >
      <Box
        component="form"
        sx={{ display: "grid", gap: 1, p: 1.5 }}
        onSubmit={(event) => {
          event.preventDefault();
          if (comment.trim() !== "") onSay({ ...feedback, comment: comment.trim() });
          onClose();
        }}
      >
        <TextField
          multiline
          minRows={2}
          maxRows={6}
          size="small"
          label={t(isUp ? "feedback.why" : "feedback.whyNot")}
          helperText={t("feedback.hint")}
          value={comment}
          onChange={({ target }) => setComment(target.value)}
          slotProps={{ htmlInput: { maxLength: MOST_CHARS, dir: "auto" } }}
        />
        <Box sx={{ display: "flex", justifyContent: "flex-end", gap: 1 }}>
          <Button size="small" color="inherit" onClick={onClose}>
            {t("feedback.noWords")}
          </Button>
          <Button size="small" variant="contained" type="submit" disabled={comment.trim() === ""}>
            {t("branch.submit")}
          </Button>
        </Box>
      </Box>
    </Popover>
  );
}

const THUMB = { fontSize: 18, color: "text.secondary" } as const;
const PRESSED = {
  ...THUMB,
  color: "primary.main",
  bgcolor: "action.selected",
  "& path": { fill: "currentColor", fillOpacity: 0.35 },
} as const;
