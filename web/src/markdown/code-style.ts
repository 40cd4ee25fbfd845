/**
 * The look of code: the theme's own colours, so that they keep their contrast in both schemes.
 *
 * Code that is always dark is an island of the dark scheme (`data-color-scheme` on the figure itself); for the
 * most contrast its ground is black, on which every colour of that scheme has 7 : 1 (`palette.test.ts`).
 */
import type { SxProps, Theme } from "@mui/material/styles";

import { MONO } from "@/theme/theme";

/** A few roles for many classes: calm code is read more easily. */
const TOKENS = {
  "& .hljs-comment, & .hljs-quote, & .hljs-meta": { color: "text.secondary", fontStyle: "italic" },
  "& .hljs-keyword, & .hljs-selector-tag, & .hljs-doctag, & .hljs-name": { color: "primary.main" },
  "& .hljs-string, & .hljs-regexp, & .hljs-addition": { color: "success.main" },
  "& .hljs-number, & .hljs-literal, & .hljs-symbol, & .hljs-bullet": { color: "secondary.main" },
  "& .hljs-title, & .hljs-section, & .hljs-built_in": { color: "info.main" },
  "& .hljs-attr, & .hljs-attribute, & .hljs-type, & .hljs-variable": { color: "warning.main" },
  "& .hljs-deletion": { color: "error.main" },
  "& .hljs-strong": { fontWeight: 620 },
  "& .hljs-emphasis": { fontStyle: "italic" },
} as const;

export const codeStyle: SxProps<Theme> = {
  mx: 0, // above and below as the text around it
  borderRadius: 1,
  bgcolor: "surface.raised",
  color: "text.primary",
  overflow: "hidden",
  "& > figcaption": {
    display: "flex",
    alignItems: "center",
    gap: 0.5,
    paddingInline: "12px 4px",
    pt: 0.5,
  },
  "& > figcaption > span:first-of-type": { flexGrow: 1 },
  "& > figcaption > button": { fontSize: 18, color: "text.secondary" },
  "& > figcaption > button[aria-pressed=true]": { color: "primary.main" },
  "& pre": { m: 0, px: 1.5, pb: 1.5, pt: 0.5, overflowX: "auto", whiteSpace: "pre", tabSize: 4 },
  "& pre[data-wrapped=true]": { whiteSpace: "pre-wrap", overflowWrap: "anywhere" },
  "& code": { fontFamily: MONO, fontSize: "0.875rem", lineHeight: 1.55 },
  "&[data-color-scheme]": { printColorAdjust: "exact" }, // pale words want their ground on paper, too
  "&[data-color-scheme][data-code=contrast]": { bgcolor: "common.black", color: "common.white" },
  ...TOKENS,
};
