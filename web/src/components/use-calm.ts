/** A text once the typing has paused. */
import { useEffect, useState } from "react";

const PAUSE_MS = 150;

export function useCalm(text: string): string {
  const [calm, setCalm] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setCalm(text), text === "" ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return calm;
}
