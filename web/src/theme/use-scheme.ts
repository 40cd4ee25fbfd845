/** Which of the two schemes the page is drawn in: the one that was chosen, else the system's. */
import useMediaQuery from "@mui/material/useMediaQuery";
import { createContext, use } from "react";

import type { Mode } from "./mode";

export type Scheme = "light" | "dark";

/** `Look` says it. */
export const SchemeContext = createContext<Scheme>("light");

export function useScheme(): Scheme {
  return use(SchemeContext);
}

export function useSchemeOf(mode: Mode): Scheme {
  const isSystemDark = useMediaQuery("(prefers-color-scheme: dark)", { noSsr: true });
  if (mode !== "system") return mode;
  return isSystemDark ? "dark" : "light";
}
