/** A text that begins with what was typed up to the moment at which its field is there: see `typed-ahead.tsx`. */
import { type RefObject, useLayoutEffect, useState } from "react";

export function useTyped(typed: RefObject<string> | undefined) {
  const [text, setText] = useState("");
  useLayoutEffect(() => {
    if (typed) setText(typed.current);
  }, [typed]);
  return [text, setText] as const;
}
