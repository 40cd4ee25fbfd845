/**
 * Where messages are written. It is never locked: while the agent works, Enter queues.
 *
 * The rules it keeps: what is written is stored under the session until it is handed on; it knows
 * nothing of the transcript, so that nothing that streams draws it anew.
 */
import Box from "@mui/material/Box";
import { memo, type Ref, useImperativeHandle, useRef, useState } from "react";

import { useConfig } from "@/api/queries";
import { InlineAlert } from "@/components/inline-alert";
import { SHORTCUTS } from "@/components/shortcuts";
import { useShortcut } from "@/components/use-shortcut";
import { t } from "@/i18n";

import type { Writing } from "../writing";
import { refusalOf } from "./attachment";
import { AttachmentChip } from "./attachment-chip";
import { ComposerBar } from "./composer-bar";
import { ComposerInput } from "./composer-input";
import { useSessionDraft } from "./use-session-draft";

/** What the rest of the pane may ask of the composer. */
export interface ComposerHandle {
  /** Take a message back to be written anew; what is there already stays, below it. */
  readonly takeBack: (writing: Writing) => void;
}

interface Props {
  readonly ref: Ref<ComposerHandle>;
  readonly draftKey: string;
  readonly agentName: string;
  /** The agent works: what is sent now waits. */
  readonly isBusy: boolean;
  readonly isStopping: boolean;
  readonly onSend: (writing: Writing) => void;
  readonly onStop: () => void;
  /** What was sent last, to send it again. */
  readonly recall: () => string;
}

export const Composer = memo(function Composer(props: Props) {
  const { ref, draftKey, agentName, isBusy, isStopping, onSend, onStop, recall } = props;
  const input = useRef<HTMLTextAreaElement>(null);
  const draft = useSessionDraft(draftKey);
  const { file, problem, attach, detach, checkText } = useMessageLimits();
  const isEmpty = draft.text.trim() === "" && file === null;

  const send = () => {
    const text = withoutEdges(draft.text);
    if (isEmpty || !checkText(text)) return;
    onSend({ text, file });
    draft.setText(""); // written a moment later, when the outbox or the queue has stored it
    detach();
    input.current?.focus();
  };
  const stop = () => {
    onStop();
    input.current?.focus(); // else it would go with the button
  };
  useImperativeHandle(ref, () => ({
    takeBack: (writing) => {
      draft.setText([writing.text, draft.text].filter((text) => text !== "").join("\n\n"));
      if (writing.file !== null) attach([writing.file]);
      input.current?.focus();
    },
  }));
  useShortcut(SHORTCUTS.focusComposer, () => input.current?.focus());

  return (
    <Box
      component="form"
      aria-label={t("composer.form")}
      sx={FORM}
      onSubmit={(submit) => submit.preventDefault()}
    >
      {problem !== null && <InlineAlert severity="warning" title={problem} announced />}
      {file !== null && <AttachmentChip file={file} onRemove={detach} />}
      <ComposerInput
        ref={input}
        text={draft.text}
        placeholder={isBusy ? t("composer.queue") : t("composer.placeholder", { agent: agentName })}
        onChange={draft.setText}
        onSend={send}
        onRecall={() => draft.setText(recall())}
        onPasteFiles={attach}
      />
      <ComposerBar
        isEmpty={isEmpty}
        isBusy={isBusy}
        isStopping={isStopping}
        onAttach={attach}
        onSend={send}
        onStop={stop}
      />
    </Box>
  );
});

/** Blank lines around a message say nothing; the indentation of its first line may. */
const withoutEdges = (text: string) => text.replace(/^(\s*\n)+/, "").trimEnd();

/** One file goes with a message. What the server would refuse is refused here, with the reason. */
function useMessageLimits() {
  const { data: config } = useConfig();
  const [file, setFile] = useState<File | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const attach = (files: readonly File[]) => {
    const [first] = files;
    if (first === undefined) return;
    const refusal = config === undefined ? null : refusalOf(first, config.limits);
    setProblem(refusal ?? (files.length > 1 ? t("attach.one", { name: first.name }) : null));
    if (refusal === null) setFile(first);
  };
  const detach = () => {
    setFile(null);
    setProblem(null);
  };
  const checkText = (text: string) => {
    const limit = config?.limits.max_message_chars ?? Infinity;
    if (text.length > limit) setProblem(t("composer.tooLong", { count: text.length, limit }));
    return text.length <= limit;
  };
  return { file, problem, attach, detach, checkText };
}

const FORM = {
  display: "flex",
  flexDirection: "column",
  gap: 0.5,
  px: 1.5,
  pt: 0.5,
  pb: 1,
  border: 1,
  borderColor: "surface.outline",
  borderRadius: "20px",
  bgcolor: "background.paper",
  boxShadow: 2,
  cursor: "text",
  "&:focus-within": {
    borderColor: "primary.main",
    boxShadow: (theme: { shadows: string[] }) => theme.shadows[4],
  },
} as const;
