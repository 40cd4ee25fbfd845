/** The draft of a session. One begun before there was a session goes there with the first message. */
import { useLayoutEffect, useRef } from "react";

import { type Draft, isNothing, NOTHING, useDraft, writeDraft } from "@/storage";

export function useSessionDraft(key: string): Draft {
  const draft = useDraft(key);
  const before = useRef({ key, writing: NOTHING });
  useLayoutEffect(() => {
    const { key: oldKey, writing } = before.current;
    before.current = { key, writing: { text: draft.text, files: draft.files } };
    if (oldKey === key || isNothing(writing)) return;
    draft.change(writing);
    void writeDraft(oldKey, NOTHING);
  });
  return draft;
}
