/** The search, fetched when it is opened for the first time; what is typed meanwhile is not lost. */
import { lazy, Suspense, useRef } from "react";

import { TypedAhead } from "@/components/typed-ahead";
import { t } from "@/i18n";

const Palette = lazy(async () => ({ default: (await import("./commands/palette")).Palette }));

interface SearchProps {
  readonly agentId: string | null;
  readonly onClose: () => void;
}

export function Search({ agentId, onClose }: SearchProps) {
  const typed = useRef("");
  const type = (text: string) => {
    typed.current = text;
  };
  const ahead = <TypedAhead label={t("sessions.search")} onType={type} onCancel={onClose} />;
  return (
    <Suspense fallback={ahead}>
      <Palette agentId={agentId} typed={typed} onClose={onClose} />
    </Suspense>
  );
}
