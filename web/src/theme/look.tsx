/** Puts the theme around the page, and what of it lies outside of the page's own elements. */
import CssBaseline from "@mui/material/CssBaseline";
import { ThemeProvider } from "@mui/material/styles";
import { type ReactNode, useInsertionEffect, useLayoutEffect } from "react";

import { type Mode, useMode } from "./mode";
import { DARK, LIGHT } from "./palette";
import { themeFor } from "./theme";
import { type Scheme, SchemeContext, useSchemeOf } from "./use-scheme";
import { writeVariables } from "./variables";

interface LookProps {
  readonly children: ReactNode;
  /** What is chosen in this browser does not count: somebody else chooses. */
  readonly mode?: Mode;
}

export function Look({ children, mode }: LookProps) {
  const chosen = useMode();
  const scheme = useSchemeOf(mode ?? chosen);
  const theme = themeFor();
  useInsertionEffect(() => writeVariables(theme), [theme]);
  useLayoutEffect(() => paint(scheme), [scheme]);
  return (
    <ThemeProvider theme={theme}>
      <SchemeContext value={scheme}>
        <CssBaseline />
        {children}
      </SchemeContext>
    </ThemeProvider>
  );
}

/** Scroll bars, form controls and a phone's status bar follow the scheme; `index.html` set it first. */
function paint(scheme: Scheme): void {
  const root = document.documentElement;
  root.dataset.colorScheme = scheme;
  root.style.colorScheme = scheme;
  themeColor().content = (scheme === "dark" ? DARK : LIGHT).canvas;
}

function themeColor(): HTMLMetaElement {
  const known = document.querySelector<HTMLMetaElement>("meta[name=theme-color]");
  if (known !== null) return known;
  const made = document.createElement("meta");
  made.name = "theme-color";
  return document.head.appendChild(made);
}
