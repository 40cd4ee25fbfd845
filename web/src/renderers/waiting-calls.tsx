/** Calls of tools that another program runs: which ones, with what, and that nobody here need act. */
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";

import type { ToolCall } from "@/api/types";
import { t } from "@/i18n/turns";
import { ClockIcon } from "@/icons/icons";
import { MONO } from "@/theme/theme";

export function WaitingCalls({ calls }: { readonly calls: readonly ToolCall[] }) {
  return (
    <Box role="group" aria-label={t("waiting.label")} sx={CARD}>
      <ClockIcon sx={{ fontSize: 20, color: "info.main", mt: "1px" }} />
      <Box sx={{ minWidth: 0 }}>
        <Typography variant="body2" sx={{ fontWeight: 550 }}>
          {t("turn.awaitingInput")}
        </Typography>
        {calls.length > 0 && (
          <Typography variant="body2" sx={{ color: "text.secondary" }}>
            {t("waiting.calls", { count: calls.length })}{" "}
            <Box component="span" sx={{ fontFamily: MONO, fontSize: "0.8125rem" }}>
              {calls.map(({ tool_name }) => tool_name).join(", ")}
            </Box>
          </Typography>
        )}
      </Box>
    </Box>
  );
}

const CARD = {
  display: "flex",
  gap: 1,
  px: 1.5,
  py: 1.25,
  border: "1px dashed",
  borderColor: "surface.outline",
  borderRadius: 1,
  overflowWrap: "anywhere",
} as const;
