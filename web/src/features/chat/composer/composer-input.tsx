/**
 * Where a person writes: one to twelve lines, by the keys that they prefer.
 *
 * The rule it keeps: while an input method composes a word, Enter and the arrows belong to it.
 */
import TextareaAutosize from "@mui/material/TextareaAutosize";
import { styled } from "@mui/material/styles";
import type { ComponentProps, KeyboardEvent, Ref } from "react";

import { usePreference } from "@/components/use-preference";
import { t } from "@/i18n";

import { isFormattedText } from "../transfer";

interface Props {
  readonly ref: Ref<HTMLTextAreaElement>;
  readonly text: string;
  readonly placeholder: string;
  /** What it says of a list that its keys go through. */
  readonly aria: object | false;
  /** A key that may mean something else than here; false when it does not. */
  readonly onKey: (key: string) => boolean;
  readonly onChange: (text: string) => void;
  readonly onSend: () => void;
  /** Asked for by the arrow up where there is nothing to move up in. */
  readonly onRecall: () => void;
  readonly onPasteFiles: (files: readonly File[]) => void;
  /** Text so long that it is better sent as a file. */
  readonly onPasteLong: (text: string) => void;
}

export function ComposerInput(props: Props) {
  const { ref, text, placeholder, aria, onKey, onChange, onSend, onRecall } = props;
  const { onPasteFiles, onPasteLong } = props;
  const enterSends = usePreference("enterSends");
  const onKeyDown = (press: KeyboardEvent<HTMLTextAreaElement>) => {
    if (isComposing(press)) return;
    if (!hasModifier(press) && onKey(press.key)) {
      press.preventDefault();
      return;
    }
    if (press.key === "Enter" && press.shiftKey !== enterSends) {
      press.preventDefault();
      onSend();
    }
    if (press.key === "ArrowUp" && text === "" && !hasModifier(press)) {
      press.preventDefault();
      onRecall();
    }
  };
  return (
    <Area
      ref={ref}
      value={text}
      dir={text === "" ? undefined : "auto"} // its placeholder has the page's direction
      aria-label={t("composer.label")}
      {...aria}
      placeholder={placeholder}
      enterKeyHint={enterSends ? "send" : "enter"}
      onChange={(change) => onChange(change.target.value)}
      onKeyDown={onKeyDown}
      onPaste={(paste) => {
        const { clipboardData: pasted } = paste;
        const files = [...pasted.files];
        const long = pasted.getData("text/plain");
        if (files.length > 0 && !isFormattedText(pasted)) onPasteFiles(files);
        else if (long.length >= LONG_PASTE) onPasteLong(long);
        else return;
        paste.preventDefault();
      }}
    />
  );
}

/** Text that is longer than this is read more easily as a file. */
const LONG_PASTE = 8000;

/** Safari ends the composition before it reports the Enter that ended it; its key code tells. */
const COMPOSING = 229;

function isComposing(press: KeyboardEvent): boolean {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells
  return press.nativeEvent.isComposing || press.nativeEvent.keyCode === COMPOSING;
}

const hasModifier = (press: KeyboardEvent) =>
  press.shiftKey || press.altKey || press.ctrlKey || press.metaKey;

const MOST_LINES = 12;

/** Where the browser itself makes a field as tall as its text, nothing has it lay out the page to find out. */
const IS_SIZED = "fieldSizing" in document.documentElement.style;
type FieldProps = ComponentProps<typeof TextareaAutosize>;
const Field = IS_SIZED
  ? (props: FieldProps) => <textarea rows={1} {...props} />
  : (props: FieldProps) => <TextareaAutosize minRows={1} maxRows={MOST_LINES} {...props} />;

const Area = styled(Field)(({ theme }) => ({
  fieldSizing: "content",
  maxHeight: `calc(${MOST_LINES} * 1.5em + 20px)`,
  ...theme.typography.body1, // 16 px: less makes iOS zoom into the field
  lineHeight: 1.5,
  display: "block",
  width: "100%",
  padding: "10px 4px",
  border: 0,
  outline: 0,
  resize: "none",
  color: "inherit",
  background: "transparent",
  "&::placeholder": { color: theme.vars.palette.text.secondary, opacity: 1 },
}));
