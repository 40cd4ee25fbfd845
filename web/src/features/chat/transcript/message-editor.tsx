/**
 * A message of a person, to be put in other words. It stands where the message stood.
 *
 * The rule it keeps: the files of the message stay with it; the turn that there was stays beside the
 * new one.
 */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import TextareaAutosize from "@mui/material/TextareaAutosize";
import Typography from "@mui/material/Typography";
import { styled } from "@mui/material/styles";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, useRef, useState } from "react";

import { keys } from "@/api/keys";
import { type TurnPages, turnsIn } from "@/api/pages";
import type { Turn, UserMessage } from "@/api/types";
import { usePreference } from "@/components/use-preference";
import { t } from "@/i18n/branches";
import { againOf, textOf } from "@/renderers/message-text";

import type { Branches } from "../use-branches";

interface Props {
  readonly turn: Turn;
  readonly branches: Branches;
  readonly onClose: () => void;
}

export function MessageEditor({ turn, branches, onClose }: Props) {
  const client = useQueryClient();
  const enterSends = usePreference("enterSends");
  const form = useRef<HTMLFormElement>(null);
  const message = turn.input_messages.findLast((one) => one.role === "user");
  const [text, setText] = useState(() => textOf(message?.content ?? ""));
  const isSame = text.trim() === "" || text === textOf(message?.content ?? "");

  const leave = () => {
    form.current?.closest("article")?.focus({ preventScroll: true }); // else it would go with the field
    onClose();
  };
  const send = () => {
    if (message === undefined || isSame) return;
    const parentTurnId = parentOf(client, branches.agentId, turn);
    const beside = { turnId: turn.turn_id, parentTurnId, isRetry: false };
    void branches.sendBeside(beside, [inOtherWords(message, text)]);
    leave();
  };
  const onKeyDown = (press: KeyboardEvent) => {
    press.stopPropagation();
    if (press.nativeEvent.isComposing) return;
    if (press.key === "Escape") leave();
    if (press.key !== "Enter" || press.shiftKey === enterSends) return;
    press.preventDefault();
    send();
  };
  return (
    <Box
      component="form"
      ref={form}
      aria-label={t("branch.editor")}
      onSubmit={(submit) => submit.preventDefault()}
      sx={FORM}
    >
      <Area
        ref={focusAtEnd}
        value={text}
        minRows={1}
        maxRows={12}
        dir="auto"
        aria-label={t("branch.editor")}
        onChange={(change) => setText(change.target.value)}
        onKeyDown={onKeyDown}
      />
      <Box sx={BAR}>
        <Typography variant="caption" sx={{ color: "text.secondary", flex: 1, minWidth: 160 }}>
          {t("branch.editorHint")}
        </Typography>
        <Button size="small" color="inherit" onClick={leave}>
          {t("action.cancel")}
        </Button>
        <Button size="small" variant="contained" disabled={isSame} onClick={send}>
          {t("branch.submit")}
        </Button>
      </Box>
    </Box>
  );
}

function focusAtEnd(field: HTMLTextAreaElement | null): void {
  field?.focus();
  field?.setSelectionRange(field.value.length, field.value.length);
}

/** The turn before it on the branch that is shown: an old turn does not say which that is. */
function parentOf(client: QueryClient, agentId: string, turn: Turn): string | null {
  const pages = client.getQueryData<TurnPages>(keys.turns(agentId, turn.session_id));
  const turns = pages === undefined ? [] : turnsIn(pages);
  const place = turns.findIndex((one) => one.turn_id === turn.turn_id);
  return turns[place - 1]?.turn_id ?? turn.parent_turn_id;
}

/** The message with other words: its files stay, and so do the images among the words. */
function inOtherWords(message: UserMessage, text: string): UserMessage {
  const { content } = message;
  const images = typeof content === "string" ? [] : content.filter((one) => one.type === "image");
  const words = text.trimEnd();
  return {
    ...againOf(message),
    content: images.length === 0 ? words : [{ type: "text", text: words }, ...images],
  };
}

const FORM = {
  alignSelf: "stretch",
  display: "grid",
  gap: 0.5,
  px: 2,
  pt: 0.5,
  pb: 1.25,
  border: 1,
  borderColor: "primary.main",
  borderRadius: "16px",
  bgcolor: "background.paper",
} as const;

const BAR = { display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1 } as const;

const Area = styled(TextareaAutosize)(({ theme }) => ({
  ...theme.typography.body1,
  lineHeight: 1.5,
  width: "100%",
  padding: "8px 0",
  border: 0,
  outline: 0,
  resize: "none",
  color: "inherit",
  background: "transparent",
}));
