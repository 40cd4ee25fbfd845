/** The name of the tab, and the mark on it when something was finished that nobody has seen. */
import { useEffect } from "react";

const PAGE = "Tertulia";

let name = PAGE;
let mark = "";

function write(): void {
  document.title = mark + name;
}

export function useDocumentTitle(title: string | null): void {
  useEffect(() => {
    name = title === null ? PAGE : `${title} · ${PAGE}`;
    write();
  }, [title]);
}

export function markTitle(isMarked: boolean): void {
  mark = isMarked ? "● " : "";
  write();
}
