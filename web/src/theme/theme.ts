/**
 * The look of the page: one theme, two schemes, as CSS variables, so that a change of scheme
 * repaints without a render and the first paint (see `index.html`) already has the right one.
 *
 * The rule: components name roles (`surface.sidebar`, `bubble.main`, `body2`), never values.
 */
import { createTheme, type Theme } from "@mui/material/styles";

import { perSpeech } from "@/i18n/speech";

import { componentDefaults } from "./component-defaults";
import { DARK, LIGHT, type SchemeColors } from "./palette";

interface Surface {
  /** Behind the session list. */
  readonly sidebar: string;
  /** Selected rows, code blocks, quiet chips. */
  readonly raised: string;
  /** The edge of a text field or an outlined button. */
  readonly outline: string;
}

interface Bubble {
  readonly main: string;
  readonly contrastText: string;
}

declare module "@mui/material/styles" {
  interface Palette {
    surface: Surface;
    bubble: Bubble;
  }
  interface PaletteOptions {
    surface?: Surface;
    bubble?: Bubble;
  }
  interface CssThemeVariables {
    enabled: true;
  }
}

declare module "@mui/material/Button" {
  interface ButtonPropsVariantOverrides {
    /** Tinted: what is often wanted, but not the point of the page. */
    tonal: true;
  }
}

/** How wide a talk may be, by what somebody prefers. */
export const CHAT_PX = { narrow: 800, wide: 1120, full: Infinity } as const;
/** The same as it is set at the root (see `app.tsx`). */
export const CHAT_WIDTH = `var(--t-chat, ${CHAT_PX.narrow}px)`;

export const SANS =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Ubuntu, Cantarell, "Helvetica Neue", sans-serif';
export const MONO =
  'ui-monospace, SFMono-Regular, "Cascadia Code", Menlo, Consolas, "Liberation Mono", monospace';

function scheme(colors: SchemeColors) {
  return {
    palette: {
      background: { default: colors.canvas, paper: colors.paper },
      surface: { sidebar: colors.sidebar, raised: colors.raised, outline: colors.outline },
      bubble: { main: colors.bubble, contrastText: colors.onBubble },
      text: { primary: colors.text, secondary: colors.muted },
      divider: colors.line,
      primary: {
        main: colors.primary,
        light: colors.primaryLight,
        dark: colors.primaryDark,
        contrastText: colors.onPrimary,
      },
      secondary: { main: colors.secondary, contrastText: colors.onSecondary },
      error: { main: colors.error, contrastText: colors.onPrimary },
      warning: { main: colors.warning, contrastText: colors.onPrimary },
      success: { main: colors.success, contrastText: colors.onPrimary },
      info: { main: colors.info, contrastText: colors.onPrimary },
    },
  };
}

const HAIRLINE_SHADOW = "0 1px 2px rgb(12 24 20 / 0.06)";
const FLOATING_SHADOW = "0 1px 2px rgb(12 24 20 / 0.08), 0 8px 24px rgb(12 24 20 / 0.12)";
const MODAL_SHADOW = "0 2px 4px rgb(12 24 20 / 0.10), 0 24px 64px rgb(12 24 20 / 0.24)";

/** Three depths are enough: resting, floating (menus, snackbars) and modal. */
function depth(level: number): string {
  if (level === 0) return "none";
  if (level < 4) return HAIRLINE_SHADOW;
  return level < 16 ? FLOATING_SHADOW : MODAL_SHADOW;
}

type Shadows = ReturnType<typeof createTheme>["shadows"];

const inScheme = (scheme: string) => `[data-color-scheme="${scheme}"]`;

export const theme = createTheme({
  cssVariables: { cssVarPrefix: "t", colorSchemeSelector: inScheme("%s") },
  colorSchemes: { light: scheme(LIGHT), dark: scheme(DARK) },
  breakpoints: { values: { xs: 0, sm: 700, md: 900, lg: 1200, xl: 1600 } },
  shape: { borderRadius: 10 },
  motion: { reducedMotion: "system" },
  shadows: Array.from({ length: 25 }, (_, level) => depth(level)) as Shadows,
  typography: {
    fontFamily: SANS,
    fontWeightMedium: 550,
    h1: { fontSize: "1.75rem", lineHeight: 1.25, fontWeight: 620, letterSpacing: "-0.022em" },
    h2: { fontSize: "1.25rem", lineHeight: 1.3, fontWeight: 620, letterSpacing: "-0.014em" },
    h3: { fontSize: "1.0625rem", lineHeight: 1.4, fontWeight: 620, letterSpacing: "-0.008em" },
    h4: { fontSize: "1rem", lineHeight: 1.4, fontWeight: 620 },
    h5: { fontSize: "0.9375rem", lineHeight: 1.4, fontWeight: 620 },
    h6: { fontSize: "0.875rem", lineHeight: 1.4, fontWeight: 620 },
    subtitle1: { fontSize: "0.9375rem", lineHeight: 1.45, fontWeight: 550 },
    subtitle2: { fontSize: "0.8125rem", lineHeight: 1.4, fontWeight: 600 },
    body1: { fontSize: "1rem", lineHeight: 1.62 },
    body2: { fontSize: "0.875rem", lineHeight: 1.5 },
    caption: { fontSize: "0.75rem", lineHeight: 1.4, fontVariantNumeric: "tabular-nums" },
    button: { fontSize: "0.875rem", fontWeight: 550, textTransform: "none" },
    overline: { fontSize: "0.75rem", lineHeight: 1.5, fontWeight: 600, textTransform: "none" },
  },
  components: componentDefaults,
});

/**
 * The kit's parts ask the theme where a line begins. Without the schemes by name the kit's provider leaves the
 * change between them to us (`look.tsx`), and so what else asks for them is answered here.
 */
export const themeFor: () => Theme = perSpeech(({ direction }) => {
  const ours: Partial<Theme> = {
    ...theme,
    direction,
    applyStyles: (scheme, styles) => ({ [`*:where(${inScheme(scheme)}) &`]: styles }),
  };
  delete ours.colorSchemes;
  return ours as Theme;
});
