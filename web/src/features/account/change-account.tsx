/** One's name and one's password, each changed by itself. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import TextField from "@mui/material/TextField";
import { type SubmitEvent, useState } from "react";

import { useUpdateAccount } from "@/api/account-queries";
import { reasonOf } from "@/components/error-text";
import { InlineAlert } from "@/components/inline-alert";
import { notify } from "@/components/notices";
import { t } from "@/i18n/account";

import { Part } from "./part";
import { LEAST_PASSWORD, SecretField } from "./secret-field";

export function ChangeName({ name: before }: { readonly name: string }) {
  const [name, setName] = useState(before);
  const { mutate, error, isPending } = useUpdateAccount();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const onSuccess = () => notify(t("account.nameSaved", { name: name.trim() }));
    if (name.trim() !== "") mutate({ name: name.trim() }, { onSuccess });
  };
  return (
    <Part title={t("account.name")} text={t("account.nameHint")}>
      <Box component="form" onSubmit={submit} sx={FORM}>
        <NotSaved error={error} />
        <TextField
          label={t("account.name")}
          autoComplete="username"
          fullWidth
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Button
          type="submit"
          variant="outlined"
          color="inherit"
          loading={isPending}
          disabled={name.trim() === before || name.trim() === ""}
        >
          {t("account.saveName")}
        </Button>
      </Box>
    </Part>
  );
}

export function ChangePassword({ name }: { readonly name: string }) {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [isTried, setTried] = useState(false);
  const { mutate, error, isPending } = useUpdateAccount();
  const isShort = next.length < LEAST_PASSWORD;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (isShort) return;
    const onSuccess = () => {
      setCurrent("");
      setNext("");
      setTried(false);
      notify(t("account.passwordSaved"));
    };
    mutate({ password: next, current_password: current }, { onSuccess });
  };
  return (
    <Part title={t("account.password")} text={t("account.passwordHint")}>
      <Box component="form" noValidate onSubmit={submit} sx={FORM}>
        <NotSaved error={error} />
        {/* For what keeps passwords: whose this is. */}
        <input type="hidden" name="username" autoComplete="username" value={name} readOnly />
        <SecretField label={t("account.current")} value={current} onChange={setCurrent} />
        <SecretField
          isNew
          label={t("account.new")}
          value={next}
          error={isTried && isShort}
          helperText={t("password.hint", { count: LEAST_PASSWORD })}
          onChange={setNext}
        />
        <Button type="submit" variant="outlined" color="inherit" loading={isPending}>
          {t("account.savePassword")}
        </Button>
      </Box>
    </Part>
  );
}

function NotSaved({ error }: { readonly error: Error | null }) {
  if (error === null) return null;
  return (
    <InlineAlert announced severity="error" title={t("account.notSaved")}>
      {reasonOf(error)}
    </InlineAlert>
  );
}

const FORM = { display: "grid", gap: 2, maxWidth: 440, justifyItems: "start" } as const;
