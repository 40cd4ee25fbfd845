/** All shortcuts, by what they are about. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Typography from "@mui/material/Typography";
import { useId } from "react";

import { Kbd } from "@/components/kbd";
import { asSet, SHORTCUTS, type ShortcutName } from "@/components/shortcuts";
import { usePreference } from "@/components/use-preference";
import { t } from "@/i18n/settings";

import { GROUPS } from "./shortcut-groups";

interface ShortcutsDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

export function ShortcutsDialog({ open, onClose }: ShortcutsDialogProps) {
  const title = useId();
  const enterSends = usePreference("enterSends");
  usePreference("keys");
  const shortcutOf = (name: ShortcutName) => {
    if (enterSends || (name !== "send" && name !== "newLine")) return SHORTCUTS[name];
    return SHORTCUTS[name === "send" ? "newLine" : "send"];
  };
  return (
    <Dialog open={open} onClose={onClose} aria-labelledby={title} fullWidth maxWidth="sm">
      <DialogTitle id={title}>{t("shortcuts.title")}</DialogTitle>
      {/* What scrolls must have focus to be scrolled by keys. */}
      <DialogContent tabIndex={0}>
        {GROUPS.map((group) => (
          <Box key={group.title} sx={{ mb: 2.5 }}>
            <Typography component="h3" variant="overline" sx={{ color: "text.secondary" }}>
              {t(group.title)}
            </Typography>
            <Box component="dl" sx={{ m: 0 }}>
              {group.names.map((name) => (
                <Box key={name} sx={LINE}>
                  <dt>{t(`shortcuts.${name}`)}</dt>
                  <Box component="dd" sx={{ m: 0 }}>
                    {asSet(shortcutOf(name)) === null ? (
                      t("keys.off")
                    ) : (
                      <Kbd shortcut={shortcutOf(name)} />
                    )}
                  </Box>
                </Box>
              ))}
            </Box>
          </Box>
        ))}
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={onClose}>
          {t("action.close")}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

const LINE = {
  display: "flex",
  alignItems: "center",
  justifyContent: "space-between",
  gap: 2,
  py: 0.75,
  typography: "body2",
} as const;
