/** Adds a user: a name, a first password, and what they may do. */
import Dialog from "@mui/material/Dialog";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import TextField from "@mui/material/TextField";
import { type SubmitEvent, useId, useState } from "react";

import { useCreateUser } from "@/api/account-queries";
import type { Role } from "@/api/types";
import { DialogFoot } from "@/components/dialog-foot";
import { reasonOf } from "@/components/error-text";
import { InlineAlert } from "@/components/inline-alert";
import { notify } from "@/components/notices";
import { SelectField } from "@/components/select-field";
import { t } from "@/i18n/account";

import { LEAST_PASSWORD, SecretField } from "./secret-field";

const OFFERED: readonly Role[] = ["user", "reader", "admin"];

export function NewUserDialog({ onClose }: { readonly onClose: () => void }) {
  const id = useId();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState<Role>("user");
  const [isTried, setTried] = useState(false);
  const { mutate, error, isPending } = useCreateUser();
  const isUnnamed = name.trim() === "";
  const isShort = password.length < LEAST_PASSWORD;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (isUnnamed || isShort) return;
    const onSuccess = () => {
      notify(t("users.added", { name: name.trim() }));
      onClose();
    };
    mutate({ name: name.trim(), password, role }, { onSuccess });
  };
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby={id}>
      <form noValidate onSubmit={submit}>
        <DialogTitle id={id}>{t("users.addTitle")}</DialogTitle>
        <DialogContent sx={{ display: "grid", gap: 2.5, "&&": { pt: 1 } }}>
          {error !== null && (
            <InlineAlert announced severity="error" title={t("users.notAdded")}>
              {reasonOf(error)}
            </InlineAlert>
          )}
          <TextField
            label={t("signIn.name")}
            autoComplete="off"
            fullWidth
            value={name}
            error={isTried && isUnnamed}
            helperText={isTried && isUnnamed ? t("name.missing") : undefined}
            onChange={(event) => setName(event.target.value)}
          />
          <SecretField
            isNew
            label={t("signIn.password")}
            value={password}
            error={isTried && isShort}
            helperText={t("users.passwordHint", { count: LEAST_PASSWORD })}
            onChange={setPassword}
          />
          <SelectField
            label={t("users.role")}
            value={role}
            options={OFFERED.map((value) => ({ value, label: t(`role.${value}`) }))}
            onChange={setRole}
          />
        </DialogContent>
        <DialogFoot confirm={t("users.add")} pending={isPending} onClose={onClose} />
      </form>
    </Dialog>
  );
}
