/** How full something is, as a line. What it says in words stands beside it. */
import Box from "@mui/material/Box";

interface Props {
  readonly label: string;
  readonly text: string;
  readonly used: number;
  readonly limit: number;
}

/** From this part on it is worth a glance. */
const NEARLY = 0.9;

export function Meter({ label, text, used, limit }: Props) {
  const part = Math.min(1, used / limit);
  return (
    <Box
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={limit}
      aria-valuenow={Math.min(used, limit)}
      aria-valuetext={text}
      sx={TRACK}
    >
      <Box
        sx={{ ...FILL, bgcolor: part >= NEARLY ? "warning.main" : "primary.main" }}
        style={{ width: `${part * 100}%` }}
      />
    </Box>
  );
}

const TRACK = {
  height: 6,
  borderRadius: 3,
  overflow: "hidden",
  bgcolor: "surface.raised",
  "@media (forced-colors: active)": { border: "1px solid CanvasText" },
} as const;

const FILL = {
  height: 1,
  borderRadius: 3,
  "@media (forced-colors: active)": { bgcolor: "Highlight", forcedColorAdjust: "none" },
} as const;
