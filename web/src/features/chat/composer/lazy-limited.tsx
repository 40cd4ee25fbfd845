/** The server takes no more for now. Few ever see it, so what says so comes when it is needed. */
import { Suspense } from "react";

import { late } from "@/components/late";
import type { OutboxEntry } from "@/turn";

const Limited = late(async () => (await import("./limited")).Limited);

export interface LimitedProps {
  /** The message that waits; undefined: none does. */
  readonly entry: OutboxEntry | undefined;
  /** Take it back into the composer. */
  readonly onCancel: (entry: OutboxEntry) => void;
}

export function LazyLimited({ entry, onCancel }: LimitedProps) {
  return (
    entry && (
      <Suspense>
        <Limited key={entry.key} entry={entry} onCancel={onCancel} />
      </Suspense>
    )
  );
}
