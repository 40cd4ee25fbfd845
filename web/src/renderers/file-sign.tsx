/** Of what kind a file is, at a glance: a tile with the end of its name, as on a desktop. */
import Box from "@mui/material/Box";

import { FileIcon } from "@/icons/icons";

interface Props {
  readonly name: string;
  readonly type: string;
}

export function FileSign({ name, type }: Props) {
  const sign = signOf(name, type);
  return (
    <Box aria-hidden sx={TILE}>
      {sign ?? <FileIcon sx={{ fontSize: 20 }} />}
    </Box>
  );
}

function signOf(name: string, type: string): string | null {
  if (type === "application/pdf") return "PDF";
  return /\.([a-z0-9]{1,4})$/i.exec(name)?.[1]?.toUpperCase() ?? null;
}

const TILE = {
  flex: "none",
  display: "grid",
  placeItems: "center",
  width: 40,
  height: 40,
  borderRadius: "8px",
  bgcolor: "surface.raised",
  color: "text.secondary",
  fontSize: "0.6875rem",
  fontWeight: 650,
  letterSpacing: "0.02em",
} as const;
