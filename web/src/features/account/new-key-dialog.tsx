/** Makes an API key, and shows its text: once, to be copied. */
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogContentText from "@mui/material/DialogContentText";
import DialogTitle from "@mui/material/DialogTitle";
import TextField from "@mui/material/TextField";
import { type SubmitEvent, useId, useState } from "react";

import { useCreateKey } from "@/api/account-queries";
import type { NewApiKey, Scope } from "@/api/types";
import { DialogFoot } from "@/components/dialog-foot";
import { copyText } from "@/components/clipboard";
import { reasonOf } from "@/components/error-text";
import { InlineAlert } from "@/components/inline-alert";
import { SelectField } from "@/components/select-field";
import { t } from "@/i18n/account";
import { CopyIcon } from "@/icons/icons";
import { MONO } from "@/theme/theme";

const ALL = ["read", "write", "admin"] as const;
const DAYS = { month: 30, quarter: 90, year: 365, never: null } as const;
type Lasting = keyof typeof DAYS;
const LASTING = Object.keys(DAYS) as readonly Lasting[];

interface Props {
  /** What one may do oneself: a key may not do more. */
  readonly scopes: readonly Scope[];
  readonly onClose: () => void;
}

export function NewKeyDialog({ scopes, onClose }: Props) {
  const id = useId();
  const [name, setName] = useState("");
  const [isTried, setTried] = useState(false);
  const [widest, setWidest] = useState<Scope>(scopes.includes("write") ? "write" : "read");
  const [lasting, setLasting] = useState<Lasting>("quarter");
  const { mutate, data: made, error, isPending } = useCreateKey();
  const isUnnamed = isTried && name.trim() === "";
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() === "") return;
    const within = ALL.slice(0, ALL.indexOf(widest) + 1);
    mutate({ name: name.trim(), scopes: within, expires_at: endOf(lasting) });
  };
  if (made !== undefined) return <MadeKey made={made} onClose={onClose} />;
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby={id}>
      <form noValidate onSubmit={submit}>
        <DialogTitle id={id}>{t("keys.new")}</DialogTitle>
        <DialogContent sx={{ display: "grid", gap: 2.5, "&&": { pt: 1 } }}>
          {error !== null && (
            <InlineAlert announced severity="error" title={t("keys.notCreated")}>
              {reasonOf(error)}
            </InlineAlert>
          )}
          <TextField
            label={t("keys.name")}
            fullWidth
            value={name}
            error={isUnnamed}
            helperText={isUnnamed ? t("name.missing") : t("keys.nameHint")}
            onChange={(event) => setName(event.target.value)}
          />
          <SelectField
            label={t("keys.may")}
            value={widest}
            options={scopes.map((value) => ({ value, label: t(`keys.${value}`) }))}
            onChange={setWidest}
          />
          <SelectField
            label={t("keys.lasts")}
            value={lasting}
            options={LASTING.map((value) => ({ value, label: t(`keys.${value}`) }))}
            onChange={setLasting}
          />
        </DialogContent>
        <DialogFoot confirm={t("keys.create")} pending={isPending} onClose={onClose} />
      </form>
    </Dialog>
  );
}

/** It is closed by its button only: a slip would lose what is shown once. */
function MadeKey({ made, onClose }: { readonly made: NewApiKey; readonly onClose: () => void }) {
  const id = useId();
  return (
    <Dialog open fullWidth maxWidth="xs" aria-labelledby={id}>
      <DialogTitle id={id}>{t("keys.made", { name: made.name })}</DialogTitle>
      <DialogContent sx={{ display: "grid", gap: 2, "&&": { pt: 1 } }}>
        <DialogContentText variant="body2">{t("keys.once")}</DialogContentText>
        <TextField
          fullWidth
          multiline
          value={made.key}
          slotProps={{
            htmlInput: { readOnly: true, "aria-label": t("keys.title"), spellCheck: false },
            input: { sx: { fontFamily: MONO, fontSize: "0.8125rem" } },
          }}
          onFocus={(event) => event.target.select()}
        />
      </DialogContent>
      <DialogActions>
        <Button
          variant="outlined"
          startIcon={<CopyIcon />}
          onClick={() => void copyText(made.key, t("keys.copied"))}
        >
          {t("keys.copy")}
        </Button>
        <Button variant="contained" onClick={onClose}>
          {t("keys.done")}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function endOf(lasting: Lasting): string | null {
  const days = DAYS[lasting];
  return days === null ? null : new Date(Date.now() + days * 86_400_000).toISOString();
}
