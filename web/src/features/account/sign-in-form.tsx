/** The ways in: by name and password, by another place that knows one, or by the link for the first. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Divider from "@mui/material/Divider";
import TextField from "@mui/material/TextField";
import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { signIn } from "@/api/account-client";
import { useSignInOptions } from "@/api/account-queries";
import { reasonOf } from "@/components/error-text";
import { InlineAlert } from "@/components/inline-alert";
import { NotLoaded } from "@/components/not-loaded";
import { t } from "@/i18n/account";

import { SecretField } from "./secret-field";
import { useSignedIn } from "./use-signed-in";

export function SignInForm({ onDone }: { readonly onDone: () => void }) {
  const { data: options, error, refetch } = useSignInOptions();
  if (options === undefined)
    return error === null ? null : (
      <NotLoaded title={t("signIn.notAsked")} error={error} onRetry={refetch} />
    );
  const { set_up: isEmpty, password: hasPasswords, oidc } = options;
  if (isEmpty)
    return (
      <InlineAlert severity="info" title={t("signIn.setUp")}>
        {t("signIn.setUpText")}
      </InlineAlert>
    );
  return (
    <Box sx={{ display: "grid", gap: 2 }}>
      {hasPasswords && <ByPassword onDone={onDone} />}
      {hasPasswords && oidc !== null && (
        <Divider sx={{ typography: "caption", color: "text.secondary" }}>{t("signIn.or")}</Divider>
      )}
      {oidc !== null && (
        <Button href={oidc.url} variant="outlined" color="inherit" size="large" fullWidth>
          {t("signIn.with", { name: oidc.name })}
        </Button>
      )}
      {!hasPasswords && oidc === null && (
        <InlineAlert severity="info" title={t("signIn.noPassword")} />
      )}
    </Box>
  );
}

function ByPassword({ onDone }: { readonly onDone: () => void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const signedIn = useSignedIn();
  const { mutate, error, isPending } = useMutation({
    mutationFn: signIn,
    onSuccess: async ({ user }) => {
      await signedIn(user);
      onDone();
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (name !== "" && password !== "") mutate({ name, password });
  };
  return (
    <Box component="form" onSubmit={submit} sx={{ display: "grid", gap: 2 }}>
      {error !== null && (
        <InlineAlert announced severity="error" title={t("signIn.failed")}>
          {reasonOf(error)}
        </InlineAlert>
      )}
      <TextField
        label={t("signIn.name")}
        name="username"
        autoComplete="username"
        inputRef={focusWhenShown}
        fullWidth
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <SecretField
        label={t("signIn.password")}
        name="password"
        value={password}
        onChange={setPassword}
      />
      <Button type="submit" variant="contained" size="large" fullWidth loading={isPending}>
        {t("signIn.do")}
      </Button>
    </Box>
  );
}

const focusWhenShown = (input: HTMLInputElement | null) => input?.focus();
