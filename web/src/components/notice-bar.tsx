/** One line that says what was done, with at most one thing to do about it. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";

import { t } from "@/i18n";
import { CloseIcon } from "@/icons/icons";

import { ActionButton } from "./action-button";

interface NoticeBarProps {
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
  readonly onDismiss: () => void;
}

export function NoticeBar({ text, action, onDismiss }: NoticeBarProps) {
  return (
    <Box role="group" aria-label={text} sx={BAR}>
      <Box sx={{ flex: "1 1 9rem", minWidth: 0, py: 0.75, overflowWrap: "anywhere" }}>{text}</Box>
      <Box sx={{ display: "flex", alignItems: "center", marginInlineStart: "auto" }}>
        {action !== undefined && (
          <Button size="small" color="inherit" onClick={action.run} sx={{ fontWeight: 650 }}>
            {action.label}
          </Button>
        )}
        <ActionButton
          label={t("action.dismiss")}
          icon={<CloseIcon fontSize="small" />}
          onClick={onDismiss}
        />
      </Box>
    </Box>
  );
}

const BAR = {
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  columnGap: 1,
  px: 2,
  py: 0.75,
  borderRadius: "12px",
  bgcolor: "text.primary",
  color: "background.default",
  boxShadow: 8,
  typography: "body2",
} as const;
