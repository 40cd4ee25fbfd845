/** One thing that can be set: what it is on one side, the control on the other. */
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";

interface SettingProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  /** Its control; labelled by `id`. */
  readonly children: ReactNode;
}

export function Setting({ id, label, hint, children }: SettingProps) {
  return (
    <Box sx={ROW}>
      <Box sx={{ flex: "1 1 16rem" }}>
        <Typography id={id} variant="subtitle1">
          {label}
        </Typography>
        {hint !== undefined && (
          <Typography variant="body2" sx={{ color: "text.secondary" }}>
            {hint}
          </Typography>
        )}
      </Box>
      {children}
    </Box>
  );
}

const ROW = {
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  gap: 2,
  py: 2,
  borderBottom: 1,
  borderColor: "divider",
} as const;
