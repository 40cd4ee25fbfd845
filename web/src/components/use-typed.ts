/** A text that begins with what was typed up to the moment at which its field is there: see `typed-ahead.tsx`. */
import { type RefObject, useLayoutEffect, useState } from "react";

export function useTyped(typed: RefObject<string> | undefined) {
  const [text, setText] = useState("");
  useLayoutEffect(() => {
    // eslint-disable-next-line react-hooks/set-state-in-effect -- until the field is there, letters go elsewhere
    if (typed) setText(typed.current);
  }, [typed]);
  return [text, setText] as const;
}
