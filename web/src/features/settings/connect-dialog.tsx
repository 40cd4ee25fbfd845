/** The ways to a real model, from the banner that says that there is none. */
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import { useId } from "react";

import { t } from "@/i18n/settings";

import { ConnectModel } from "./connect-model";

interface ConnectDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

export function ConnectDialog({ open, onClose }: ConnectDialogProps) {
  const title = useId();
  return (
    <Dialog open={open} onClose={onClose} aria-labelledby={title} fullWidth maxWidth="sm">
      <DialogTitle id={title}>{t("connect.title")}</DialogTitle>
      <DialogContent>
        <ConnectModel />
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={onClose}>
          {t("action.close")}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
