/** The search, fetched when it is opened for the first time; what is typed meanwhile is not lost. */
import { Suspense, useRef } from "react";

import { late } from "@/components/late";
import { TypedAhead } from "@/components/typed-ahead";
import { t } from "@/i18n";

const Palette = late(async () => (await import("./commands/palette")).Palette);

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
