/** The head of the inspector: what is looked into, how to get to its neighbours, and how to close it. */
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";

import { ActionButton } from "@/components/action-button";
import { SHORTCUTS } from "@/components/shortcuts";
import { t } from "@/i18n/inspector";
import { CloseIcon } from "@/icons/icons";

interface Props {
  readonly title: string;
  readonly note?: ReactNode;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

export function PaneHead({ title, note, onClose, children }: Props) {
  return (
    <Box component="header" sx={HEAD}>
      <Typography variant="subtitle1" component="h2" sx={{ whiteSpace: "nowrap" }}>
        {title}
      </Typography>
      <Box sx={NOTE}>{note}</Box>
      {children}
      <ActionButton
        label={t("action.close")}
        icon={<CloseIcon sx={{ fontSize: 20 }} />}
        shortcut={SHORTCUTS.toggleInspector}
        onClick={onClose}
      />
    </Box>
  );
}

const HEAD = {
  flex: "none",
  display: "flex",
  alignItems: "center",
  gap: 0.5,
  minHeight: 52,
  paddingInlineStart: 2,
  paddingInlineEnd: 1,
  "@media (pointer: coarse)": { "& .MuiIconButton-root": { width: 44, height: 44 } },
} as const;

const NOTE = {
  flex: 1,
  minWidth: 0,
  px: 0.5,
  typography: "caption",
  color: "text.secondary",
  overflow: "hidden",
  textOverflow: "ellipsis",
  whiteSpace: "nowrap",
} as const;
