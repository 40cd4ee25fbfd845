/** A field for a password, which the browser may fill in or make up, and whoever writes it may look at. */
import Button from "@mui/material/Button";
import InputAdornment from "@mui/material/InputAdornment";
import TextField, { type TextFieldProps } from "@mui/material/TextField";
import { useState } from "react";

import { t } from "@/i18n/account";

export const LEAST_PASSWORD = 10;

type Props = Pick<TextFieldProps, "label" | "helperText" | "error" | "name"> & {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly isNew?: boolean;
};

export function SecretField({ value, onChange, isNew = false, ...field }: Props) {
  const [isShown, setShown] = useState(false);
  const reveal = (
    <InputAdornment position="end">
      <Button
        size="small"
        color="inherit"
        aria-label={t(isShown ? "password.hideIt" : "password.showIt")}
        onClick={() => setShown(!isShown)}
      >
        {t(isShown ? "password.hide" : "password.show")}
      </Button>
    </InputAdornment>
  );
  return (
    <TextField
      {...field}
      type={isShown ? "text" : "password"}
      fullWidth
      slotProps={{
        input: { endAdornment: reveal },
        htmlInput: { spellCheck: false, autoCapitalize: "none" },
      }}
      autoComplete={isNew ? "new-password" : "current-password"}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
