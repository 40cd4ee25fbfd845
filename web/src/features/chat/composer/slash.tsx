/**
 * A slash at the beginning of an empty composer asks for a command. Which there are is the page's affair.
 *
 * The rule it keeps: what is written stays a message until a command is taken: Escape, or words that no command has,
 * and it is sent as it is.
 */
import { type ComponentType, type Ref, Suspense, useId, useRef, useState } from "react";
import { ErrorBoundary } from "react-error-boundary";

export interface SlashHandle {
  /** A key of the composer; false when it means nothing here. */
  readonly press: (key: string) => boolean;
}

export interface SlashProps {
  readonly ref: Ref<SlashHandle>;
  readonly id: string;
  readonly text: string;
  readonly onActive: (id: string | undefined) => void;
  /** A command was taken: it runs next. */
  readonly onTaken: () => void;
  readonly onClose: () => void;
}

export type SlashList = ComponentType<SlashProps>;

export function useSlash(List: SlashList | undefined, text: string, clear: () => void) {
  const id = useId();
  const handle = useRef<SlashHandle>(null);
  const [active, setActive] = useState<string>();
  const [isClosed, setClosed] = useState(false);
  const isSlash = /^\/.*$/.test(text);
  if (isClosed && !isSlash) setClosed(false);
  const isAsked = List !== undefined && isSlash && !isClosed;
  const close = () => setClosed(true);
  return {
    list: isAsked && (
      <ErrorBoundary fallback={null} onError={close}>
        <Suspense>
          <List
            ref={handle}
            id={id}
            text={text}
            onActive={setActive}
            onTaken={clear}
            onClose={close}
          />
        </Suspense>
      </ErrorBoundary>
    ),
    /** While the list is on its way, what might be a command is not sent. */
    press: (key: string) => {
      if (!isAsked) return false;
      return handle.current === null ? key === "Enter" : handle.current.press(key);
    },
    aria: isAsked &&
      active !== undefined && {
        "aria-autocomplete": "list",
        "aria-controls": id,
        "aria-activedescendant": active,
      },
  };
}
