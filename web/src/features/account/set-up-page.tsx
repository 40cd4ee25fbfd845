/**
 * Where the first admin makes an account, by the link that the server printed.
 *
 * The rule it keeps: the link's secret leaves the address at once, so that nobody copies or reads it.
 */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import TextField from "@mui/material/TextField";
import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useEffect, useState } from "react";
import { useLocation } from "wouter";

import { setUp } from "@/api/account-client";
import { reasonOf } from "@/components/error-text";
import { InlineAlert } from "@/components/inline-alert";
import { paths } from "@/components/paths";
import { t } from "@/i18n/account";

import { FrontPage } from "./front-page";
import { LEAST_PASSWORD, SecretField } from "./secret-field";
import { useSignedIn } from "./use-signed-in";

export function SetUpPage() {
  const [token] = useState(tokenInAddress);
  useEffect(() => history.replaceState(null, "", paths.setUp), []);
  return (
    <FrontPage title={t("setUp.title")} text={t("setUp.text")}>
      {token === "" ? (
        <InlineAlert severity="warning" title={t("setUp.noToken")}>
          {t("setUp.noTokenText")}
        </InlineAlert>
      ) : (
        <FirstAccount token={token} />
      )}
    </FrontPage>
  );
}

function FirstAccount({ token }: { readonly token: string }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [isTried, setTried] = useState(false);
  const [, navigate] = useLocation();
  const signedIn = useSignedIn();
  const { mutate, error, isPending } = useMutation({
    mutationFn: setUp,
    onSuccess: async ({ user }) => {
      await signedIn(user);
      navigate(paths.home, { replace: true });
    },
  });
  const isNamed = name.trim() !== "";
  const isLong = password.length >= LEAST_PASSWORD;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (isNamed && isLong) mutate({ token, name: name.trim(), password });
  };
  return (
    <Box component="form" noValidate onSubmit={submit} sx={{ display: "grid", gap: 2 }}>
      {error !== null && (
        <InlineAlert announced severity="error" title={t("setUp.failed")}>
          {reasonOf(error)}
        </InlineAlert>
      )}
      <TextField
        label={t("signIn.name")}
        name="username"
        autoComplete="username"
        fullWidth
        value={name}
        error={isTried && !isNamed}
        helperText={isTried && !isNamed ? t("name.missing") : t("account.nameHint")}
        onChange={(event) => setName(event.target.value)}
      />
      <SecretField
        isNew
        label={t("signIn.password")}
        name="password"
        value={password}
        error={isTried && !isLong}
        helperText={t("password.hint", { count: LEAST_PASSWORD })}
        onChange={setPassword}
      />
      <Button type="submit" variant="contained" size="large" fullWidth loading={isPending}>
        {t("setUp.do")}
      </Button>
    </Box>
  );
}

/** The server prints it behind a `#`, which no log of a server sees. */
const tokenInAddress = () =>
  decodeURIComponent(location.hash.slice(1)) ||
  (new URLSearchParams(location.search).get("token") ?? "");
