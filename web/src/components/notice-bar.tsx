/** One line that says what was done, with at most one thing to do about it. */
import Button from "@mui/material/Button";
import SnackbarContent from "@mui/material/SnackbarContent";

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
    <SnackbarContent
      role="group"
      aria-label={text}
      message={text}
      action={
        <>
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
        </>
      }
    />
  );
}
