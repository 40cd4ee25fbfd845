/** Asks for words about an answer that was rated, above the thumb that was pressed: what is below is the composer. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Popover from "@mui/material/Popover";
import TextField from "@mui/material/TextField";
import { useState } from "react";

import type { Feedback } from "@/api/types";
import { hasMouse } from "@/components/write-at-once";
import { t } from "@/i18n/branches";

const MOST_CHARS = 2000;

interface Props {
  readonly anchor: HTMLElement;
  readonly feedback: Feedback;
  readonly onSay: (feedback: Feedback) => void;
  readonly onClose: () => void;
}

export function FeedbackWords({ anchor, feedback, onSay, onClose }: Props) {
  const [comment, setComment] = useState("");
  const isUp = feedback.rating === "up";
  return (
    <Popover
      open
      anchorEl={anchor}
      onClose={onClose}
      anchorOrigin={{ vertical: "top", horizontal: "left" }}
      transformOrigin={{ vertical: "bottom", horizontal: "left" }}
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
          inputRef={focusWhenShown}
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

/** On a touch screen its keyboard comes when somebody has words, not with each thumb. */
const focusWhenShown = (field: HTMLTextAreaElement | null) => {
  if (hasMouse()) field?.focus();
};
