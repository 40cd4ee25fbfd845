/** How the kit's components differ from the kit: flat, quiet, and with a focus ring that is seen. */
import type { Components, CssVarsTheme, Theme } from "@mui/material/styles";

type Defaults = Components<Omit<Theme, "components" | "palette"> & CssVarsTheme>;

/** One ring for everything that can be focused by keyboard. */
const RING = { outline: "2px solid var(--t-palette-primary-main)", outlineOffset: 2 };

const PAGE: Defaults["MuiCssBaseline"] = {
  styleOverrides: {
    html: { WebkitTextSizeAdjust: "100%", scrollbarWidth: "thin" },
    'html[data-density="compact"]': { "--t-spacing": "6.5px" },
    body: { overscrollBehaviorY: "none" },
    ":dir(rtl) > svg[data-points]": { scale: "-1 1" },
    "::selection": { background: "rgb(var(--t-palette-primary-mainChannel) / 0.24)" },
    "@media (prefers-contrast: more)": {
      ":root, [data-color-scheme]": {
        "--t-palette-text-secondary": "var(--t-palette-text-primary)",
        "--t-palette-divider": "var(--t-palette-surface-outline)",
      },
    },
    "@media (prefers-reduced-motion: reduce)": {
      "*, *::before, *::after": {
        animationDuration: "0.01ms !important",
        animationIterationCount: "1 !important",
        transitionDuration: "0.01ms !important",
        scrollBehavior: "auto !important",
      },
    },
  },
};

export const componentDefaults: Defaults = {
  MuiCssBaseline: PAGE,
  MuiButtonBase: {
    defaultProps: { disableRipple: true },
    styleOverrides: { root: { "&.Mui-focusVisible, &:focus-visible": RING } },
  },
  MuiButton: {
    defaultProps: { disableElevation: true },
    styleOverrides: {
      root: ({ theme }) => ({
        minHeight: 36,
        paddingInline: 14,
        gap: 8,
        // Without colours of its own a button is known by its edge.
        "@media (forced-colors: active)": { border: "1px solid ButtonBorder" },
        variants: [
          {
            props: { variant: "tonal" },
            style: {
              color: theme.vars.palette.primary.main,
              backgroundColor: `rgb(${theme.vars.palette.primary.mainChannel} / 0.1)`,
              "&:hover": {
                backgroundColor: `rgb(${theme.vars.palette.primary.mainChannel} / 0.17)`,
              },
            },
          },
          {
            props: { variant: "outlined", color: "inherit" },
            style: { borderColor: theme.vars.palette.surface.outline },
          },
        ],
      }),
      sizeSmall: { minHeight: 30 },
      // The gap does what these margins do, in both directions of writing.
      startIcon: { marginInline: 0 },
      endIcon: { marginInline: 0 },
    },
  },
  MuiToggleButton: {
    styleOverrides: {
      root: ({ theme }) => ({
        minHeight: 36,
        color: theme.vars.palette.text.secondary,
        borderColor: theme.vars.palette.surface.outline,
        "&.Mui-selected, &.Mui-selected:hover": {
          color: theme.vars.palette.text.primary,
          backgroundColor: theme.vars.palette.surface.raised,
        },
      }),
    },
  },
  // Their edges lie over each other: without a colour the chosen one would lose its own.
  MuiToggleButtonGroup: {
    styleOverrides: {
      middleButton: ({ theme }) => ({ borderLeftColor: theme.vars.palette.surface.outline }),
      lastButton: ({ theme }) => ({ borderLeftColor: theme.vars.palette.surface.outline }),
    },
  },
  MuiIconButton: { styleOverrides: { root: { borderRadius: 8 } } },
  MuiPaper: { styleOverrides: { root: { backgroundImage: "none" } } },
  // What lies behind a dialog steps back, and can still be told apart.
  MuiBackdrop: {
    styleOverrides: {
      root: { "&:not(.MuiBackdrop-invisible)": { backgroundColor: "rgb(12 20 17 / 0.42)" } },
    },
  },
  MuiDialog: {
    styleOverrides: {
      paper: ({ theme }) => ({
        borderRadius: 16,
        border: `1px solid ${theme.vars.palette.divider}`,
        // 320 px wide, or zoomed to 200 %: every pixel of the margin is wanted for the content.
        "@media (max-width: 480px)": { margin: 12, width: "calc(100% - 24px)" },
      }),
      paperFullScreen: {
        border: 0,
        borderRadius: 0,
        "@media (max-width: 480px)": { margin: 0, width: "100%" },
      },
    },
  },
  MuiDialogTitle: { styleOverrides: { root: { fontSize: "1.125rem", fontWeight: 620 } } },
  MuiDialogActions: { styleOverrides: { root: { padding: "12px 24px 20px" } } },
  MuiMenu: {
    styleOverrides: {
      paper: ({ theme }) => ({
        border: `1px solid ${theme.vars.palette.divider}`,
        borderRadius: 12,
        minWidth: 200,
      }),
      list: { padding: 5 },
    },
  },
  MuiMenuItem: {
    styleOverrides: {
      root: {
        borderRadius: 8,
        minHeight: 36,
        fontSize: "0.875rem",
        gap: 10,
        // Rows of a menu touch each other: the ring goes inside.
        "&.Mui-focusVisible": { outlineOffset: -2 },
        "@media (pointer: coarse)": { minHeight: 44 },
      },
    },
  },
  MuiListItemButton: {
    styleOverrides: { root: { borderRadius: 8, "&.Mui-focusVisible": { outlineOffset: -2 } } },
  },
  // A subtitle is not a heading: those are named where they stand.
  MuiTypography: { defaultProps: { variantMapping: { subtitle1: "div", subtitle2: "div" } } },
  // One height for all fields, which is about that of buttons.
  MuiAutocomplete: { defaultProps: { size: "small" } },
  MuiFormControl: { defaultProps: { size: "small" } },
  MuiTextField: { defaultProps: { size: "small" } },
  MuiOutlinedInput: {
    styleOverrides: {
      root: ({ theme }) => ({
        borderRadius: 10,
        backgroundColor: theme.vars.palette.background.paper,
        "@media (pointer: coarse)": { minHeight: 44 },
      }),
      notchedOutline: ({ theme }) => ({
        top: 0,
        borderColor: theme.vars.palette.surface.outline,
        "& legend": { display: "none" },
      }),
      // 16 px and more keep iOS from zooming into a field that is touched.
      input: { "@media (pointer: coarse)": { fontSize: "1rem" } },
    },
  },
  MuiInputBase: {
    styleOverrides: {
      input: ({ theme }) => ({
        "&::placeholder": { color: theme.vars.palette.text.secondary, opacity: 1 },
      }),
    },
  },
  // A label stands above its field and stays there: nothing moves, and a long one has room.
  MuiInputLabel: {
    defaultProps: { shrink: true },
    styleOverrides: {
      root: ({ theme }) => ({
        position: "static",
        transform: "none",
        maxWidth: "none",
        marginBottom: 6,
        fontSize: "0.875rem",
        fontWeight: 550,
        whiteSpace: "normal",
        color: theme.vars.palette.text.primary,
      }),
    },
  },
  MuiFormHelperText: { styleOverrides: { root: { marginInline: 2 } } },
  MuiChip: {
    styleOverrides: {
      root: ({ theme }) => ({
        borderRadius: 8,
        "&.MuiChip-filledDefault, &.MuiChip-filled.MuiChip-colorDefault": {
          backgroundColor: theme.vars.palette.surface.raised,
        },
      }),
      deleteIcon: ({ theme }) => ({ color: theme.vars.palette.text.secondary }),
    },
  },
  // A thumb that is off must be seen on white, too.
  MuiSwitch: {
    defaultProps: { color: "primary" },
    styleOverrides: {
      switchBase: ({ theme }) => ({
        "&:not(.Mui-checked, .Mui-disabled)": { color: theme.vars.palette.text.secondary },
      }),
    },
  },
  // Within text a link must not be known by its colour alone.
  MuiLink: { defaultProps: { underline: "always" } },
  MuiSkeleton: { defaultProps: { animation: "wave" } },
};
