/** The name of the tab. */
import { useEffect } from "react";

const PAGE = "Tertulia";

export function useDocumentTitle(title: string | null): void {
  useEffect(() => {
    document.title = title === null ? PAGE : `${title} · ${PAGE}`;
  }, [title]);
}
