/** What may pass by itself is not said at once: has it been so for that long? */
import { useEffect, useState } from "react";

export function useAfterPatience(isSo: boolean, milliseconds: number): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    if (!isSo) return;
    const timer = setTimeout(() => setOver(true), milliseconds);
    return () => {
      clearTimeout(timer);
      setOver(false);
    };
  }, [isSo, milliseconds]);
  return isSo && isOver;
}
