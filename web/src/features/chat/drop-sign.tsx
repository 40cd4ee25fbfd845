/** Over the talk while files are carried over the page: that they can be dropped, and which. */
import Box from "@mui/material/Box";

import { useEffect } from "react";

import { useConfig } from "@/api/queries";
import { announce } from "@/components/announcer";
import { formatBytes } from "@/i18n";
import { t } from "@/i18n/files";
import { AttachIcon } from "@/icons/icons";

export function DropSign() {
  const { data: config } = useConfig();
  useEffect(() => announce(t("drop.here")), []);
  return (
    <Box role="region" aria-label={t("drop.here")} sx={ZONE}>
      <Box sx={SIGN}>
        <AttachIcon sx={{ fontSize: 32, color: "primary.main" }} />
        <Box sx={{ typography: "h3" }}>{t("drop.here")}</Box>
        {config && (
          <Box sx={{ typography: "body2", color: "text.secondary" }}>
            {t("drop.limits", {
              count: config.limits.max_files,
              size: formatBytes(config.limits.max_file_bytes),
            })}
          </Box>
        )}
      </Box>
    </Box>
  );
}

const ZONE = {
  position: "absolute",
  inset: 0,
  zIndex: 2,
  display: "grid",
  p: { xs: 1, sm: 2 },
  pointerEvents: "none", // so that what is carried leaves the window, not this
  bgcolor: "rgb(var(--t-palette-background-defaultChannel) / 0.94)",
} as const;

const SIGN = {
  display: "grid",
  placeContent: "center",
  justifyItems: "center",
  textAlign: "center",
  gap: 1,
  p: 2,
  border: "2px dashed",
  borderColor: "primary.main",
  borderRadius: "16px",
  bgcolor: "rgb(var(--t-palette-primary-mainChannel) / 0.06)",
} as const;
