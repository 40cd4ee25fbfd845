/**
 * The transcript, fetched apart: where a session begins there is none yet.
 *
 * The rule it keeps: what draws turns is on its way before there is one to draw.
 */
import { type ComponentProps, type ReactNode, Suspense, useEffect, useState } from "react";

import { late } from "@/components/late";
import { preloadMarkdown } from "@/markdown/markdown";

const load = () => import("./transcript-list");
/** Turns wait for what draws their words: drawn plain first, they would be of other heights once it came. */
const TranscriptList = late(async () => {
  const [list] = await Promise.all([load(), preloadMarkdown()]);
  return list.TranscriptList;
});

/** Where a session begins, a person reads and writes for longer than this before there is a turn. */
const AT_REST_MS = 500;

type Props = ComponentProps<typeof TranscriptList> & { readonly fallback: ReactNode };

export function LazyTranscriptList({ fallback, ...list }: Props) {
  return (
    <Suspense fallback={fallback}>
      <TranscriptList {...list} />
    </Suspense>
  );
}

/** Fetch it now where a session is opened; where one begins, once the page has come to rest. */
export function useTranscriptSoon(isNow: boolean): void {
  useEffect(() => {
    if (isNow) preloadTranscript();
    const timer = setTimeout(preloadTranscript, AT_REST_MS);
    return () => clearTimeout(timer);
  }, [isNow]);
}

const Rehearsal = late(
  async () => {
    const [list] = await Promise.all([load(), preloadMarkdown()]);
    return list.Rehearsal;
  },
  { isQuiet: true },
);

/** What is hidden is drawn when there is time, and has been by then. */
const REHEARSED_MS = 3000;

let isRehearsed = false;

/** Where a session begins: drawing turns is rehearsed once, when the page has come to rest and nobody waits for it. */
export function LazyRehearsal(props: ComponentProps<typeof Rehearsal>) {
  const isOn = useRehearsal();
  return (
    isOn && (
      <Suspense>
        <Rehearsal {...props} />
      </Suspense>
    )
  );
}

function useRehearsal(): boolean {
  const [isOn, setOn] = useState(false);
  useEffect(() => {
    if (isRehearsed || !("requestIdleCallback" in globalThis)) return;
    let waiting = 0;
    let timer = setTimeout(() => (waiting = requestIdleCallback(begin)), AT_REST_MS);
    const begin = () => {
      isRehearsed = true;
      setOn(true);
      timer = setTimeout(() => setOn(false), REHEARSED_MS);
    };
    return () => {
      clearTimeout(timer);
      cancelIdleCallback(waiting);
    };
  }, []);
  return isOn;
}

export function preloadTranscript(): void {
  void preloadMarkdown();
  load().catch(() => {
    // The line is down: it is asked for again when it is needed.
  });
}
