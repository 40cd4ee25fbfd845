/**
 * Tells what was done and offers to undo it. It does not time itself: whoever holds what can be
 * undone decides how long.
 */
import Button from "@mui/material/Button";
import Snackbar from "@mui/material/Snackbar";
import SnackbarContent from "@mui/material/SnackbarContent";

import { t } from "@/i18n";
import { CloseIcon } from "@/icons/icons";

import { ActionButton } from "./action-button";
import { SHORTCUTS } from "./shortcuts";
import { useShortcut } from "./use-shortcut";

interface UndoSnackbarProps {
  readonly message: string;
  readonly onUndo: () => void;
  readonly onDismiss: () => void;
}

export function UndoSnackbar({ message, onUndo, onDismiss }: UndoSnackbarProps) {
  useShortcut(SHORTCUTS.undo, onUndo);
  return (
    <Snackbar open anchorOrigin={{ vertical: "bottom", horizontal: "center" }}>
      <SnackbarContent
        role="group"
        aria-label={message}
        message={message}
        action={
          <>
            <Button size="small" color="inherit" onClick={onUndo} sx={{ fontWeight: 650 }}>
              {t("action.undo")}
            </Button>
            <ActionButton
              label={t("action.dismiss")}
              icon={<CloseIcon fontSize="small" />}
              onClick={onDismiss}
            />
          </>
        }
      />
    </Snackbar>
  );
}
