/** One line over the page about the page as a whole. */
import Box from "@mui/material/Box";
import type { ReactNode } from "react";

interface BannerProps {
  readonly icon: ReactNode;
  readonly children: ReactNode;
  readonly action?: ReactNode;
  /** `strong` for what stands in the way of talking; else a quiet note. */
  readonly isStrong?: boolean;
}

export function Banner({ icon, children, action, isStrong = false }: BannerProps) {
  return (
    <Box
      sx={(theme) => ({
        flex: "none",
        display: "flex",
        alignItems: "center",
        gap: 1,
        px: 2,
        py: 0.5,
        minHeight: 40,
        typography: "body2",
        flexWrap: "wrap",
        "& > svg": { flex: "none" },
        ...(isStrong
          ? {
              color: theme.vars.palette.background.default,
              backgroundColor: theme.vars.palette.text.primary,
            }
          : { backgroundColor: `rgb(${theme.vars.palette.secondary.mainChannel} / 0.12)` }),
      })}
    >
      {icon}
      <Box sx={{ flex: "1 1 11rem", minWidth: 0 }}>{children}</Box>
      {action !== undefined && <Box sx={ACTION}>{action}</Box>}
    </Box>
  );
}

const ACTION = { display: "flex", alignItems: "center", marginInlineStart: "auto" } as const;
