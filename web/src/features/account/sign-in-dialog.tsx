/** Where one signs in again, over what one was doing. There is no other way on, and so none to close it. */
import Dialog from "@mui/material/Dialog";
import DialogContent from "@mui/material/DialogContent";
import DialogContentText from "@mui/material/DialogContentText";
import DialogTitle from "@mui/material/DialogTitle";
import { useId } from "react";

import { t } from "@/i18n/account";

import { SignInForm } from "./sign-in-form";

export function SignInDialog({ onDone }: { readonly onDone: () => void }) {
  const id = useId();
  return (
    <Dialog
      open
      fullWidth
      maxWidth="xs"
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-text`}
    >
      <DialogTitle id={`${id}-title`}>{t("signIn.again")}</DialogTitle>
      <DialogContent sx={{ display: "grid", gap: 2.5 }}>
        <DialogContentText id={`${id}-text`} variant="body2">
          {t("signIn.againText")}
        </DialogContentText>
        <SignInForm onDone={onDone} />
      </DialogContent>
    </Dialog>
  );
}
