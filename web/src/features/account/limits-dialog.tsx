/** What a user may use, for admins to set. What is left empty is as the server's settings say. */
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogContentText from "@mui/material/DialogContentText";
import DialogTitle from "@mui/material/DialogTitle";
import Skeleton from "@mui/material/Skeleton";
import TextField from "@mui/material/TextField";
import { type SubmitEvent, useId, useRef, useState } from "react";

import { useSetUserLimits, useUserLimits } from "@/api/account-queries";
import type { LimitName, OwnLimits, User, UserLimits } from "@/api/types";
import { DialogFoot } from "@/components/dialog-foot";
import { reasonOf } from "@/components/error-text";
import { InlineAlert } from "@/components/inline-alert";
import { NotLoaded } from "@/components/not-loaded";
import { notify } from "@/components/notices";
import { t } from "@/i18n/account";

import { amountIn, amountOf, fieldOf, LIMIT_NAMES } from "./amounts";

interface Props {
  readonly user: User;
  readonly onClose: () => void;
}

export function LimitsDialog({ user, onClose }: Props) {
  const id = useId();
  const { data: limits, error, refetch } = useUserLimits(user.user_id);
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby={id}>
      <DialogTitle id={id}>{t("limits.title", { name: user.name })}</DialogTitle>
      {limits === undefined ? (
        <>
          <DialogContent>
            {error === null ? (
              <Skeleton variant="rounded" height={320} />
            ) : (
              <NotLoaded title={t("limits.notLoaded")} error={error} onRetry={refetch} />
            )}
          </DialogContent>
          <DialogActions>
            <Button color="inherit" onClick={onClose}>
              {t("action.cancel")}
            </Button>
          </DialogActions>
        </>
      ) : (
        <LimitsForm user={user} limits={limits} onClose={onClose} />
      )}
    </Dialog>
  );
}

type Fields = Readonly<Record<LimitName, string>>;

const fieldsOf = (own: OwnLimits): Fields =>
  Object.fromEntries(LIMIT_NAMES.map((name) => [name, fieldOf(name, own[name])])) as Fields;

function LimitsForm({ user, limits, onClose }: Props & { readonly limits: UserLimits }) {
  const [fields, setFields] = useState(() => fieldsOf(limits.own));
  const [isTried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const { mutate, error, isPending } = useSetUserLimits(user.user_id);
  const amounts = LIMIT_NAMES.map((name) => [name, amountIn(name, fields[name])] as const);
  const wrong = amounts.find(([, amount]) => amount === undefined)?.[0];
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (wrong !== undefined) {
      form.current?.querySelector<HTMLElement>(`[name="${wrong}"]`)?.focus();
      return;
    }
    const onSuccess = () => {
      notify(t("limits.saved", { name: user.name }));
      onClose();
    };
    mutate(Object.fromEntries(amounts) as OwnLimits, { onSuccess });
  };
  return (
    <form ref={form} noValidate onSubmit={submit}>
      <DialogContent sx={{ display: "grid", gap: 2.5, "&&": { pt: 0 } }}>
        <DialogContentText variant="body2">{t("limits.text")}</DialogContentText>
        {error !== null && (
          <InlineAlert announced severity="error" title={t("limits.notSaved")}>
            {reasonOf(error)}
          </InlineAlert>
        )}
        {amounts.map(([name, amount]) => {
          const isWrong = isTried && amount === undefined;
          return (
            <TextField
              key={name}
              name={name}
              label={t(`limits.${name}`)}
              fullWidth
              autoComplete="off"
              value={fields[name]}
              error={isWrong}
              helperText={isWrong ? t("limits.wrong") : asServer(name, limits)}
              slotProps={{ htmlInput: { inputMode: "decimal" } }}
              onChange={(event) => setFields({ ...fields, [name]: event.target.value })}
            />
          );
        })}
      </DialogContent>
      <DialogFoot confirm={t("action.save")} pending={isPending} onClose={onClose} />
    </form>
  );
}

/** What an empty field means, where the server has said it: what is set hides it. */
function asServer(name: LimitName, { own, effective }: UserLimits): string | undefined {
  if (own[name] !== null) return undefined;
  const amount = effective[name];
  return amount === 0
    ? t("limits.serverNone")
    : t("limits.server", { amount: amountOf(name, amount) });
}
