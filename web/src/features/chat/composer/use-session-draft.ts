/** The draft of a session. One begun before there was a session goes there with the first message. */
import { useLayoutEffect, useRef } from "react";

import { type Draft, useDraft, writeDraft } from "@/storage";

export function useSessionDraft(key: string): Draft {
  const draft = useDraft(key);
  const before = useRef({ key, text: draft.text });
  useLayoutEffect(() => {
    const { key: oldKey, text } = before.current;
    before.current = { key, text: draft.text };
    if (oldKey === key || text === "") return;
    draft.setText(text);
    void writeDraft(oldKey, "");
  });
  return draft;
}
