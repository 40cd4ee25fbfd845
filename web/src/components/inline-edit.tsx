/**
 * A name that is being changed in its place: Enter or leaving it keeps the change, Escape drops it.
 *
 * An empty name, or the same one, is no change.
 */
import InputBase from "@mui/material/InputBase";
import { type KeyboardEvent, useRef } from "react";

interface InlineEditProps {
  readonly label: string;
  readonly value: string;
  readonly maxLength?: number;
  readonly onCommit: (value: string) => void;
  /**
   * Called last, whatever was decided: take the field away. When a key decided, the focus is to be
   * given back; when it was lost to something else, it is where it should be.
   */
  readonly onDone: (givesFocusBack: boolean) => void;
}

export function InlineEdit({ label, value, maxLength = 200, onCommit, onDone }: InlineEditProps) {
  const isDecided = useRef(false);
  /** As it was when the field was opened: a name that came meanwhile is not overwritten by it. */
  const begun = useRef(value);
  const decide = (text: string | null, byKey: boolean) => {
    if (isDecided.current) return; // the blur that follows Enter or Escape
    isDecided.current = true;
    const name = text?.trim() ?? "";
    if (name !== "" && name !== begun.current) onCommit(name);
    onDone(byKey);
  };
  const onKeyDown = (press: KeyboardEvent<HTMLInputElement>) => {
    press.stopPropagation(); // the list around it has keys of its own
    if (press.nativeEvent.isComposing) return;
    if (press.key !== "Enter" && press.key !== "Escape") return;
    press.preventDefault(); // what gets the focus back is not to be pressed by the same key
    decide(press.key === "Enter" ? press.currentTarget.value : null, true);
  };
  return (
    <InputBase
      fullWidth
      defaultValue={value}
      inputRef={selectWhenShown}
      inputProps={{ "aria-label": label, maxLength, onKeyDown }}
      onBlur={(leave) => decide(leave.target.value, false)}
      sx={{
        font: "inherit",
        color: "inherit",
        px: 0.75,
        borderRadius: "6px",
        bgcolor: "background.paper",
        outline: "2px solid",
        outlineColor: "primary.main",
        "& input": { p: 0, height: "1.6em" },
      }}
    />
  );
}

function selectWhenShown(input: HTMLInputElement | null) {
  input?.focus();
  input?.select();
}
