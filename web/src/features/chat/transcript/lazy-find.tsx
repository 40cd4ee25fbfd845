/**
 * Ctrl+F in a talk. The rule it keeps: the browser's own search is best as long as it finds everything, which it does
 * where all turns are in the page; of longer talks the server knows what is in them.
 */
import { lazy, Suspense, useEffect, useEffectEvent, useRef, useState } from "react";
import { ErrorBoundary } from "react-error-boundary";

import { useOffer } from "@/components/offers";
import { matches, SHORTCUTS } from "@/components/shortcuts";
import { TypedAhead } from "@/components/typed-ahead";
import { t } from "@/i18n";

import type { Branches } from "../use-branches";
import type { TranscriptData } from "./use-transcript-list";
import { WHOLE_UP_TO } from "./use-turn-list";

const FindBar = lazy(async () => ({ default: (await import("./find-bar")).FindBar }));

interface Props {
  readonly sessionId: string | null;
  readonly transcript: TranscriptData;
  readonly branches: Branches;
  /** All turns that the talk has. */
  readonly size: number;
  readonly onSeek: (turnId: string) => void;
}

export function LazyFind({ sessionId, transcript, branches, size, onSeek }: Props) {
  const [isOpen, setOpen] = useState(false);
  const typed = useRef("");
  const isLong = size > WHOLE_UP_TO;
  const type = (text: string) => {
    typed.current = text;
  };
  const open = () => {
    type("");
    setOpen(true);
  };
  const close = () => setOpen(false);
  useOffer(SHORTCUTS.find, open, isLong && !isOpen);
  const onPress = useEffectEvent((press: KeyboardEvent) => {
    if (press.defaultPrevented || !matches(press, SHORTCUTS.find)) return;
    if (!isLong && transcript.hasOlder && !transcript.isLoadingOlder) transcript.loadOlder();
    if (!isLong || isOpen) return; // a second time asks for the browser's
    press.preventDefault();
    open();
  });
  useEffect(() => {
    const listen = (press: KeyboardEvent) => onPress(press);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
  if (!isOpen || sessionId === null) return null;
  const ahead = <TypedAhead label={t("sessions.search")} onType={type} onCancel={close} />;
  return (
    <ErrorBoundary fallback={null} onError={close}>
      <Suspense fallback={ahead}>
        <FindBar
          agentId={branches.agentId}
          sessionId={sessionId}
          typed={typed}
          transcript={transcript}
          onSeek={onSeek}
          onSwitch={branches.switchTo}
          onClose={close}
        />
      </Suspense>
    </ErrorBoundary>
  );
}
