/** A field for a password, which the browser may fill in or make up. */
import TextField, { type TextFieldProps } from "@mui/material/TextField";

export const LEAST_PASSWORD = 10;

type Props = Pick<TextFieldProps, "label" | "helperText" | "error" | "name"> & {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly isNew?: boolean;
};

export function SecretField({ value, onChange, isNew = false, ...field }: Props) {
  return (
    <TextField
      {...field}
      type="password"
      fullWidth
      autoComplete={isNew ? "new-password" : "current-password"}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
