/** Puts the theme around the page, and what of it lies outside of the page's own elements. */
import CssBaseline from "@mui/material/CssBaseline";
import { ThemeProvider } from "@mui/material/styles";
import { type ReactNode, useEffect } from "react";

import { DARK, LIGHT } from "./palette";
import { MODE_STORAGE_KEY, themeFor } from "./theme";
import { useScheme } from "./use-scheme";

interface LookProps {
  readonly children: ReactNode;
  /** What is chosen here is not kept: somebody else chooses. */
  readonly isFixed?: boolean;
}

export function Look({ children, isFixed = false }: LookProps) {
  return (
    <ThemeProvider
      theme={themeFor()}
      defaultMode="system"
      modeStorageKey={MODE_STORAGE_KEY}
      {...(isFixed && { storageManager: null })}
      noSsr
    >
      <CssBaseline enableColorScheme />
      <BrowserColors />
      {children}
    </ThemeProvider>
  );
}

/** Scroll bars, form controls and a phone's status bar follow the scheme; `index.html` set it first. */
function BrowserColors() {
  const scheme = useScheme();
  useEffect(() => {
    document.documentElement.style.colorScheme = scheme;
    themeColor().content = (scheme === "dark" ? DARK : LIGHT).canvas;
  }, [scheme]);
  return null;
}

function themeColor(): HTMLMetaElement {
  const known = document.querySelector<HTMLMetaElement>("meta[name=theme-color]");
  if (known !== null) return known;
  const made = document.createElement("meta");
  made.name = "theme-color";
  return document.head.appendChild(made);
}
