/**
 * The colours of the page, in both schemes, by what they are for.
 *
 * Paper and ink with a breath of green; verdigris for what can be done, brass for the agent's side.
 * The rule: every pair that `palette.test.ts` lists keeps WCAG AA (4.5 : 1 for text, 3 : 1 for the
 * outlines of controls), so a colour is changed here and nowhere else.
 */

/** A colour by its six hexadecimal digits. */
export type Hex = `#${string}`;

export interface SchemeColors {
  /** Where the talk happens. */
  readonly canvas: Hex;
  /** The sidebar: a step back from the canvas. */
  readonly sidebar: Hex;
  /** Cards, dialogs, menus: a step forward. */
  readonly paper: Hex;
  /** Selected rows, code, quiet chips. */
  readonly raised: Hex;
  readonly text: Hex;
  readonly muted: Hex;
  /** Hairlines that only decorate. */
  readonly line: Hex;
  /** The edge of a control, which must be seen. */
  readonly outline: Hex;
  readonly primary: Hex;
  readonly primaryLight: Hex;
  readonly primaryDark: Hex;
  readonly onPrimary: Hex;
  /** What a person said. */
  readonly bubble: Hex;
  readonly onBubble: Hex;
  readonly secondary: Hex;
  readonly onSecondary: Hex;
  readonly error: Hex;
  readonly warning: Hex;
  readonly success: Hex;
  readonly info: Hex;
}

export const LIGHT: SchemeColors = {
  canvas: "#FBFBF9",
  sidebar: "#F2F3EF",
  paper: "#FFFFFF",
  raised: "#ECEEE8",
  text: "#1B211E",
  muted: "#565F59",
  line: "#DFE2DB",
  outline: "#848D86",
  primary: "#17695C",
  primaryLight: "#2A7A6D",
  primaryDark: "#0E5146",
  onPrimary: "#FFFFFF",
  bubble: "#E1EEEA",
  onBubble: "#12332C",
  secondary: "#855508",
  onSecondary: "#FFFFFF",
  error: "#B3261E",
  warning: "#8A5200",
  success: "#25713F",
  info: "#285F9A",
};

export const DARK: SchemeColors = {
  canvas: "#141816",
  sidebar: "#0F1311",
  paper: "#1C211E",
  raised: "#262C29",
  text: "#E9ECE8",
  muted: "#A4ADA7",
  line: "#2B322E",
  outline: "#6F7A73",
  primary: "#7FCDBB",
  primaryLight: "#A3DFD1",
  primaryDark: "#5BB3A0",
  onPrimary: "#06231D",
  bubble: "#1F3F38",
  onBubble: "#DDEFE9",
  secondary: "#E3B668",
  onSecondary: "#2A1C02",
  error: "#F2958C",
  warning: "#E8B15A",
  success: "#84CE9C",
  info: "#8FBDEB",
};
