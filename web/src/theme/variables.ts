/**
 * The theme's values as CSS variables, in a style sheet of their own.
 *
 * The rule it keeps: it stands before all others, which may set some of them otherwise (`component-defaults.ts`).
 * It does not go through the styles' library: that would parse some hundreds of values to find nothing in them.
 */
import type { Theme } from "@mui/material/styles";

import { NONCE } from "./styles";

/** Puts it into the page; what comes back takes it out. */
export function writeVariables(theme: Theme): () => void {
  const sheet = document.createElement("style");
  if (NONCE !== undefined) sheet.nonce = NONCE;
  sheet.textContent = theme.generateStyleSheets().map(textOf).join("");
  document.head.prepend(sheet);
  return () => sheet.remove();
}

type Rules = Readonly<Record<string, Readonly<Record<string, string | number>>>>;

function textOf(rules: Rules): string {
  return Object.entries(rules)
    .map(([selector, values]) => `${selector}{${Object.entries(values).map(declared).join("")}}`)
    .join("");
}

/** All but one are variables, named as they are written. */
function declared([name, value]: [string, string | number]): string {
  return `${name === "colorScheme" ? "color-scheme" : name}:${value};`;
}
