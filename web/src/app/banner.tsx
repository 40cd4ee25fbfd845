/** One line over the page about the page as a whole. */
import Box from "@mui/material/Box";
import type { ReactNode } from "react";

interface BannerProps {
  readonly icon: ReactNode;
  readonly children: ReactNode;
  readonly action?: ReactNode;
  readonly tone?: "warning" | "secondary";
}

export function Banner({ icon, children, action, tone = "warning" }: BannerProps) {
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
        backgroundColor: `rgb(${theme.vars.palette[tone].mainChannel} / 0.12)`,
        "& > svg": { flex: "none", color: `${tone}.main` },
      })}
    >
      {icon}
      <Box sx={{ flex: 1, minWidth: 0 }}>{children}</Box>
      {action}
    </Box>
  );
}
