/** The look of an answer: the rhythm of its blocks, and what plain elements look like within. */
import type { SxProps, Theme } from "@mui/material/styles";

import { MONO } from "@/theme/theme";

export const proseStyle: SxProps<Theme> = {
  overflowWrap: "anywhere",
  // `:where` has no weight: what follows wins over the browser's margins and over these.
  "& :where(p, ul, ol, blockquote, table, hr, figure)": { my: 0 },
  "& > * + *, & blockquote > * + *, & li > * + *": { mt: 1.5 },
  "& h3, & h4, & h5, & h6": { my: 0 },
  "& * + h3, & * + h4, & * + h5, & * + h6": { mt: 3 },
  "& h3": { typography: "h2" },
  "& h4": { typography: "h3" },
  "& h5": { typography: "h4" },
  "& h6": { typography: "h5" },
  "& ul, & ol": { paddingInlineStart: 3 },
  "& li + li": { mt: 0.5 },
  "& li > ul, & li > ol": { mt: 0.5 },
  "& .contains-task-list": { listStyle: "none", paddingInlineStart: 0.5 },
  "& li > input[type=checkbox]": { marginInlineEnd: 1 },
  "& a": { color: "primary.main", textUnderlineOffset: "0.15em" },
  // Fonts that know how formulas are set; the system's own for the rest.
  "& math": {
    fontFamily:
      '"STIX Two Math", "Cambria Math", "Latin Modern Math", "DejaVu Math TeX Gyre", "Noto Sans Math", math',
    fontSize: "1.1em",
  },
  "& small": { fontSize: "0.875em", color: "text.secondary" },
  "& blockquote": {
    mx: 0,
    paddingInlineStart: 2,
    borderInlineStart: "3px solid",
    borderColor: "divider",
    color: "text.secondary",
  },
  "& :not(pre) > code": {
    fontFamily: MONO,
    fontSize: "0.875em",
    px: 0.5,
    py: 0.25,
    borderRadius: 0.5,
    bgcolor: "surface.raised",
  },
  "& table": {
    borderCollapse: "collapse",
    fontVariantNumeric: "tabular-nums",
    overflowWrap: "normal", // a word is not broken where its table can be scrolled
  },
  "& th, & td": { border: "1px solid", borderColor: "divider", px: 1.25, py: 0.75 },
  "& th": { fontWeight: 620, textAlign: "start", bgcolor: "surface.raised" },
  "& hr": { border: 0, borderTop: "1px solid", borderColor: "divider" },
};
