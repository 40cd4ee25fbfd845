/**
 * What somebody has begun to write, per session: it outlives a reload, a crash and a change of mind.
 *
 * The rule it keeps: a draft is written a moment after the last key, at once when the page goes,
 * and cleared only by whoever sent it.
 */
import { useCallback, useEffect, useRef, useState } from "react";

import { openRecords } from "./record-store";

const DEBOUNCE_MS = 250;

/** What somebody wrote: words, and files by the keys of their uploads (see `turn/uploads.ts`). */
export interface Writing {
  readonly text: string;
  readonly files: readonly string[];
}

export const NOTHING: Writing = { text: "", files: [] };

export const isNothing = ({ text, files }: Writing) => text === "" && files.length === 0;

/** Before there were files a draft was its words. */
const drafts = openRecords<Writing | string>("drafts");

/** Where a draft is kept; that of a session that does not exist yet belongs to its agent. */
export function draftKey(agentId: string, sessionId: string | null): string {
  return `${agentId}/${sessionId ?? "new"}`;
}

export async function readDraft(key: string): Promise<Writing> {
  const kept = (await drafts.get(key)) ?? NOTHING;
  return typeof kept === "string" ? { text: kept, files: [] } : kept;
}

export const writeDraft = (key: string, writing: Writing): Promise<void> =>
  isNothing(writing) ? drafts.delete(key) : drafts.put(key, writing);

/** Take a draft along to another session, as when its own is gone. */
export async function moveDraft(fromKey: string, toKey: string): Promise<void> {
  await writeDraft(toKey, await readDraft(fromKey));
  await drafts.delete(fromKey);
}

export interface Draft extends Writing {
  readonly change: (part: Partial<Writing>) => void;
  /** As it is now, for what was begun with an earlier one. */
  readonly now: () => Writing;
  /** False until what was kept has been read. */
  readonly isLoaded: boolean;
}

interface Kept {
  readonly key: string;
  readonly writing: Writing;
  readonly isLoaded: boolean;
  readonly isSaved: boolean;
}

const unread = (key: string): Kept => ({ key, writing: NOTHING, isLoaded: false, isSaved: true });

/** The draft under a key. What is written before it has been read is added to it. */
export function useDraft(key: string): Draft {
  const [state, setState] = useState(() => unread(key));
  const latest = useRef(state);

  const publish = useCallback((next: Kept) => {
    latest.current = next;
    setState(next);
  }, []);
  const at = useCallback(() => (latest.current.key === key ? latest.current : unread(key)), [key]);

  useEffect(() => {
    let isCurrent = true;
    void readDraft(key).then((kept) => {
      if (isCurrent) publish({ ...at(), writing: together(kept, at().writing), isLoaded: true });
    });
    return () => {
      isCurrent = false;
    };
  }, [key, at, publish]);

  const save = useCallback(() => {
    const { key: place, writing, isSaved } = latest.current;
    if (isSaved) return;
    latest.current = { ...latest.current, isSaved: true };
    void writeDraft(place, writing);
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

  const change = useCallback(
    (part: Partial<Writing>) => {
      const now = at();
      publish({ ...now, writing: { ...now.writing, ...part }, isSaved: false });
    },
    [at, publish],
  );
  const now = useCallback(() => at().writing, [at]);

  const current = state.key === key ? state : unread(key);
  return { ...current.writing, change, now, isLoaded: current.isLoaded };
}

/** Words that were typed meanwhile win over those that were kept; of files nobody's is lost. */
function together(kept: Writing, typed: Writing): Writing {
  return {
    text: typed.text === "" ? kept.text : typed.text,
    files: [...new Set([...kept.files, ...typed.files])],
  };
}
