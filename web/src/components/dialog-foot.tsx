/** The foot of a dialog that is filled in: the way out, and what sends it. */
import Button from "@mui/material/Button";
import DialogActions from "@mui/material/DialogActions";

import { t } from "@/i18n";

interface DialogFootProps {
  /** A verb: what will happen. */
  readonly confirm: string;
  readonly pending: boolean;
  readonly onClose: () => void;
}

export function DialogFoot({ confirm, pending, onClose }: DialogFootProps) {
  return (
    <DialogActions>
      <Button color="inherit" onClick={onClose}>
        {t("action.cancel")}
      </Button>
      <Button type="submit" variant="contained" loading={pending}>
        {confirm}
      </Button>
    </DialogActions>
  );
}
