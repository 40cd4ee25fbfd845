/** A command to type in a terminal, with a button that copies it. */
import Box from "@mui/material/Box";

import { ActionButton } from "@/components/action-button";
import { copyText } from "@/components/clipboard";
import { t } from "@/i18n";
import { CopyIcon } from "@/icons/icons";
import { MONO } from "@/theme/theme";

export function Command({ children }: { readonly children: string }) {
  return (
    <Box sx={BOX}>
      <Box
        component="code"
        dir="ltr"
        sx={{ flex: 1, py: 0.75, fontFamily: MONO, overflowWrap: "anywhere" }}
      >
        {children}
      </Box>
      <ActionButton
        label={t("action.copy")}
        icon={<CopyIcon sx={{ fontSize: 18 }} />}
        onClick={() => void copyText(children, t("action.copied"))}
      />
    </Box>
  );
}

const BOX = {
  display: "flex",
  alignItems: "flex-start",
  gap: 1,
  px: 1.5,
  py: 0.5,
  borderRadius: "8px",
  bgcolor: "surface.raised",
  color: "text.primary",
  fontSize: "0.8125rem",
  textAlign: "start",
} as const;
