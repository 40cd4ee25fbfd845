/** Open as the page thinks best, until the reader decides otherwise. */
import { useState } from "react";

export function useExpanded(isOpenByItself: boolean) {
  const [choice, setChoice] = useState<boolean | null>(null);
  return { expanded: choice ?? isOpenByItself, onToggle: setChoice };
}
