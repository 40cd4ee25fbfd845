/** The shape of what is on its way. Screen readers hear that it loads; the shapes are not for them. */
import Box from "@mui/material/Box";
import Skeleton from "@mui/material/Skeleton";

import { t } from "@/i18n";

import { VisuallyHidden } from "./visually-hidden";

const ROWS = [62, 78, 48, 70, 84, 56, 66, 44];

export function SessionRowsSkeleton() {
  return (
    <Box sx={{ flex: 1, minHeight: 0, overflow: "hidden", px: 2, py: 1 }}>
      <VisuallyHidden>{t("loading")}</VisuallyHidden>
      {ROWS.map((width, row) => (
        <Skeleton key={row} aria-hidden height={18} width={`${width}%`} sx={{ my: 1.75 }} />
      ))}
    </Box>
  );
}

export function TurnsSkeleton({ turns = 2 }: { readonly turns?: number }) {
  return (
    <Box sx={{ display: "grid", gap: 4, py: 4 }}>
      <VisuallyHidden>{t("loading")}</VisuallyHidden>
      {Array.from({ length: turns }, (_, turn) => (
        <Box key={turn} aria-hidden sx={{ display: "grid", gap: 1.5 }}>
          <Skeleton variant="rounded" height={44} width="45%" sx={{ justifySelf: "end" }} />
          <Skeleton width="92%" />
          <Skeleton width="86%" />
          <Skeleton width="58%" />
        </Box>
      ))}
    </Box>
  );
}
