/**
 * Takes what somebody types for a field that is still on its way.
 *
 * The rule it keeps: it gives the focus back to where it was, so that whatever comes in its place finds it there.
 */
import { useLayoutEffect, useRef } from "react";

import { VisuallyHidden } from "./visually-hidden";

interface Props {
  readonly label: string;
  readonly onType: (text: string) => void;
  readonly onCancel: () => void;
}

export function TypedAhead({ label, onType, onCancel }: Props) {
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    field.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <VisuallyHidden>
      <input
        ref={field}
        aria-label={label}
        onChange={({ target }) => onType(target.value)}
        onKeyDown={({ key }) => key === "Escape" && onCancel()}
      />
    </VisuallyHidden>
  );
}
