/** Where the browser can draw a file from, when its address alone would not be answered: from memory. */
import { useEffect, useState } from "react";

import { readWhole } from "@/api/file-content";
import { areHeadersNeeded } from "@/api/transport";
import type { FileAttachment } from "@/api/types";

import { sourceOf } from "./file-content";

/** Undefined while it is on its way. */
export function useSource(file: FileAttachment, onBroken: () => void): string | undefined {
  const [held, setHeld] = useState<string>();
  const id = file.file_id && areHeadersNeeded() ? file.file_id : null;
  useEffect(() => {
    if (id === null) return;
    const reading = new AbortController();
    let url = "";
    readWhole(id, reading.signal).then(
      (bytes) => {
        if (!reading.signal.aborted) setHeld((url = URL.createObjectURL(bytes)));
      },
      () => reading.signal.aborted || onBroken(),
    );
    return () => {
      reading.abort();
      URL.revokeObjectURL(url);
    };
  }, [id, onBroken]);
  return id === null ? (sourceOf(file) ?? undefined) : held;
}
