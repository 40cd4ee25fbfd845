/** What is shown where nothing is yet, and what to do about it. */
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";

interface EmptyStateProps {
  readonly title: string;
  readonly icon?: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  /** The heading's rank in its place. */
  readonly level?: "h1" | "h2" | "h3";
}

export function EmptyState({ title, icon, children, actions, level = "h2" }: EmptyStateProps) {
  return (
    <Box
      sx={{
        display: "grid",
        justifyItems: "center",
        gap: 1.5,
        maxWidth: 440,
        m: "auto",
        p: 3,
        textAlign: "center",
      }}
    >
      {icon !== undefined && (
        <Box sx={{ display: "flex", fontSize: 40, color: "text.secondary" }}>{icon}</Box>
      )}
      <Typography variant="h2" component={level} sx={{ textWrap: "balance" }}>
        {title}
      </Typography>
      {children !== undefined && (
        <Typography
          variant="body2"
          component="div"
          sx={{ color: "text.secondary", textWrap: "pretty" }}
        >
          {children}
        </Typography>
      )}
      {actions !== undefined && (
        <Box sx={{ display: "flex", flexWrap: "wrap", justifyContent: "center", gap: 1, mt: 1 }}>
          {actions}
        </Box>
      )}
    </Box>
  );
}
