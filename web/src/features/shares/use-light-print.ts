/** Paper is white: what is printed is coloured for it, whatever the screen has. */
import { useEffect } from "react";

export function useLightPrint(): void {
  useEffect(() => {
    const paper = matchMedia("print");
    const { dataset } = document.documentElement;
    let scheme = dataset.colorScheme;
    const change = () => {
      if (paper.matches) {
        scheme = dataset.colorScheme;
        dataset.colorScheme = "light";
      } else if (scheme !== undefined) {
        dataset.colorScheme = scheme;
      }
    };
    paper.addEventListener("change", change);
    return () => paper.removeEventListener("change", change);
  }, []);
}
