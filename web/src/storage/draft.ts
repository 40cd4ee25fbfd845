/**
 * What somebody has begun to write, per session: it outlives a reload, a crash and a change of mind.
 *
 * The rule it keeps: a draft is written a moment after the last key, at once when the page goes,
 * and cleared only by whoever sent it.
 */
import { useCallback, useEffect, useRef, useState } from "react";

import { openRecords } from "./record-store";

const DEBOUNCE_MS = 250;

const drafts = openRecords<string>("drafts");

/** Where a draft is kept; that of a session that does not exist yet belongs to its agent. */
export function draftKey(agentId: string, sessionId: string | null): string {
  return `${agentId}/${sessionId ?? "new"}`;
}

export const readDraft = async (key: string): Promise<string> => (await drafts.get(key)) ?? "";

export const writeDraft = (key: string, text: string): Promise<void> =>
  text === "" ? drafts.delete(key) : drafts.put(key, text);

/** Take a draft along to another session, as when its own is gone. */
export async function moveDraft(fromKey: string, toKey: string): Promise<void> {
  await writeDraft(toKey, await readDraft(fromKey));
  await drafts.delete(fromKey);
}

export interface Draft {
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly clear: () => void;
  /** False until what was kept has been read. */
  readonly isLoaded: boolean;
}

/** The draft under a key. What is typed before it has been read wins over it. */
export function useDraft(key: string): Draft {
  const [state, setState] = useState({ key, text: "", isLoaded: false });
  const unsaved = useRef<{ key: string; text: string } | null>(null);

  useEffect(() => {
    let isCurrent = true;
    void readDraft(key).then((kept) => {
      if (!isCurrent) return;
      setState((now) =>
        now.key === key && now.text !== ""
          ? { ...now, isLoaded: true }
          : { key, text: kept, isLoaded: true },
      );
    });
    return () => {
      isCurrent = false;
    };
  }, [key]);

  const current = state.key === key ? state : { key, text: "", isLoaded: false };

  const save = useCallback(() => {
    if (unsaved.current !== null) void writeDraft(unsaved.current.key, unsaved.current.text);
    unsaved.current = null;
  }, []);

  useEffect(() => {
    const timer = setTimeout(save, DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [state, save]);

  useEffect(() => {
    addEventListener("pagehide", save);
    return () => {
      removeEventListener("pagehide", save);
      save();
    };
  }, [key, save]);

  const setText = useCallback(
    (text: string) => {
      unsaved.current = { key, text };
      setState((now) => ({ key, text, isLoaded: now.key === key && now.isLoaded }));
    },
    [key],
  );

  const clear = useCallback(() => {
    setText("");
    save();
  }, [setText, save]);

  return { text: current.text, setText, clear, isLoaded: current.isLoaded };
}
