/** A turn as the server has it, to be read and copied. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import { useId } from "react";

import { copyText } from "@/components/clipboard";
import { t } from "@/i18n/branches";
import { MONO } from "@/theme/theme";

interface Props {
  /** As it came. */
  readonly turn: object;
  readonly onClose: () => void;
}

export function RawTurn({ turn, onClose }: Props) {
  const title = useId();
  const raw = JSON.stringify(turn, null, 2);
  return (
    <Dialog open onClose={onClose} aria-labelledby={title} fullWidth maxWidth="md">
      <DialogTitle id={title}>{t("branch.raw")}</DialogTitle>
      <DialogContent>
        <Box component="pre" role="region" tabIndex={0} aria-label={t("branch.raw")} sx={RAW}>
          {raw}
        </Box>
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={() => void copyText(raw, t("turn.copied"))}>
          {t("branch.copyRaw")}
        </Button>
        <Button color="inherit" onClick={onClose}>
          {t("action.close")}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

const RAW = {
  m: 0,
  p: 1.5,
  overflow: "auto",
  fontFamily: MONO,
  fontSize: "0.8125rem",
  borderRadius: 1,
  bgcolor: "surface.raised",
  direction: "ltr",
} as const;
