/**
 * Where messages are written. It is never locked: while the agent works, Enter queues.
 *
 * The rules it keeps: what is written is stored under the session until it is handed on; it knows
 * nothing of the transcript, so that nothing that streams draws it anew.
 */
import Box from "@mui/material/Box";
import { memo, type Ref, useEffect, useImperativeHandle, useRef } from "react";

import { useDeed, useOffer } from "@/components/offers";
import { SHORTCUTS } from "@/components/shortcuts";
import { isFocusFree } from "@/components/write-at-once";
import { t } from "@/i18n";

import { isNothing, NOTHING, type Writing } from "@/storage";
import type { OutboxEntry } from "@/turn";

import { noFolders, type Transferred } from "../transfer";
import { ComposerBar } from "./composer-bar";
import { ComposerInput } from "./composer-input";
import { LazyAttachmentChips } from "./lazy-attachment-chips";
import { LazyLimited } from "./lazy-limited";
import { Problems } from "./problems";
import { type SlashList, useSlash } from "./slash";
import { useAttachments } from "./use-attachments";
import { useSessionDraft } from "./use-session-draft";

/** What the rest of the pane may ask of the composer. */
export interface ComposerHandle {
  /** Take a message back to be written anew; what is there already stays, below it. */
  readonly takeBack: (writing: Writing) => void;
  /** Take files that were dropped somewhere on the talk. */
  readonly attach: (dropped: Transferred) => void;
}

interface Props {
  readonly ref: Ref<ComposerHandle>;
  readonly draftKey: string;
  /** Here a session begins: there is nothing to be read before one writes. */
  readonly isBeginning: boolean;
  readonly agentName: string;
  /** The agent works: what is sent now waits. */
  readonly isBusy: boolean;
  readonly isStopping: boolean;
  /** What would be stopped is a message that has not gone out yet. */
  readonly takesBack: boolean;
  /** The server takes no more for now, and this message waits for its time. */
  readonly limited: OutboxEntry | undefined;
  readonly onSend: (writing: Writing) => void;
  readonly onStop: () => void;
  readonly onTakeBack: (entry: OutboxEntry) => void;
  /** Asked for what was sent last, to put it in other words. */
  readonly onRecall: () => void;
  /** What a slash at the beginning asks for. */
  readonly commands?: SlashList | undefined;
}

export const Composer = memo(function Composer(props: Props) {
  const { ref, draftKey, isBeginning, agentName, isBusy, isStopping, onSend, onStop, onRecall } =
    props;
  const input = useRef<HTMLTextAreaElement>(null);
  const draft = useSessionDraft(draftKey);
  const files = useAttachments(draft);
  const slash = useSlash(props.commands, draft.text, () => draft.change({ text: "" }));
  const isEmpty = isNothing({ text: draft.text.trim(), files: draft.files });

  const send = () => {
    const text = withoutEdges(draft.text);
    if (isEmpty) return;
    files.check(text, () => {
      onSend({ text, files: draft.now().files });
      draft.change(NOTHING); // written a moment later, when the outbox or the queue has stored it
      input.current?.focus();
    });
  };
  const stop = () => {
    onStop();
    input.current?.focus(); // else it would go with the button
  };
  const remove = (key: string) => {
    files.detach(key);
    input.current?.focus(); // else it would go with the button
  };
  const unpack = (key: string) => {
    void files.unpack(key);
    input.current?.focus();
  };
  useImperativeHandle(ref, () => ({
    takeBack: (writing) => {
      const now = draft.now();
      draft.change({
        text: [writing.text, now.text].filter((text) => text !== "").join("\n\n"),
        files: [...writing.files, ...now.files],
      });
      input.current?.focus();
    },
    attach: (dropped) => {
      files.attach(dropped);
      input.current?.focus();
    },
  }));
  useOffer(SHORTCUTS.stop, stop, isBusy);
  useDeed(SHORTCUTS.focusComposer, () => input.current?.focus());
  useEffect(() => {
    if (isBeginning && isFocusFree()) input.current?.focus();
  }, [isBeginning]);

  return (
    <Box
      component="form"
      aria-label={t("composer.form")}
      sx={FORM}
      onSubmit={(submit) => submit.preventDefault()}
    >
      {slash.list}
      <LazyLimited entry={props.limited} onCancel={props.onTakeBack} />
      <Problems problems={files.problems} onDismiss={files.dismiss} />
      <LazyAttachmentChips files={draft.files} onRemove={remove} onUnpack={unpack} />
      <ComposerInput
        ref={input}
        text={draft.text}
        aria={slash.aria}
        onKey={slash.press}
        placeholder={isBusy ? t("composer.queue") : t("composer.placeholder", { agent: agentName })}
        onChange={(text) => draft.change({ text })}
        onSend={send}
        onRecall={onRecall}
        onPasteFiles={(pasted) => files.attach(noFolders(pasted))}
        onPasteLong={(text) => void files.attachText(text)}
      />
      <ComposerBar
        isEmpty={isEmpty}
        isBusy={isBusy}
        isStopping={isStopping}
        takesBack={props.takesBack}
        onAttach={(chosen) => files.attach(noFolders(chosen))}
        onSend={send}
        onStop={stop}
      />
    </Box>
  );
});

/** Blank lines around a message say nothing; the indentation of its first line may. */
const withoutEdges = (text: string) => text.replace(/^(\s*\n)+/, "").trimEnd();

const FORM = {
  position: "relative",
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
