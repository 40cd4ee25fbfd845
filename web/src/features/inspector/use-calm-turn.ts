/** A turn that moves, looked at a few times a second: figures need no more, and text is not read here. */
import { useCallback, useSyncExternalStore } from "react";

import { newest } from "@/api/event-id";
import type { Turn } from "@/api/types";
import { turnStore } from "@/turn/turn-store";

const EVERY_MS = 250;

export function useCalmTurn(snapshot: Turn): Turn {
  const { turn_id: turnId } = snapshot;
  const subscribe = useCallback((listener: () => void) => calmly(turnId, listener), [turnId]);
  return newest(
    snapshot,
    useSyncExternalStore(subscribe, () => turnStore.read(turnId)),
  );
}

function calmly(turnId: string, listener: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = turnStore.subscribe(turnId, () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      listener();
    }, EVERY_MS);
  });
  return () => {
    clearTimeout(timer);
    end();
  };
}
