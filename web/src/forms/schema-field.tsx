/** One field of a form, by what kind of value it is for. What is wrong with it is said at it. */
import Box from "@mui/material/Box";
import Checkbox from "@mui/material/Checkbox";
import FormControlLabel from "@mui/material/FormControlLabel";
import FormHelperText from "@mui/material/FormHelperText";
import TextField, { type TextFieldProps } from "@mui/material/TextField";
import { type ReactNode, useId } from "react";

import { t } from "@/i18n/tools";
import { MONO } from "@/theme/theme";

import { type Draft, type Problems, textIn } from "./draft";
import { ListField } from "./list-field";
import type { Field, FieldOf, NamedField } from "./schema";

export interface FieldProps<F extends Field = Field> {
  readonly field: F;
  readonly draft: Draft;
  /** Where its value stands in the whole. */
  readonly at: string;
  readonly problems: Problems;
  readonly onChange: (draft: Draft) => void;
}

export function SchemaField({ field, ...rest }: FieldProps) {
  switch (field.kind) {
    case "text":
      return <TextLine field={field} {...rest} />;
    case "number":
      return <NumberLine field={field} {...rest} />;
    case "switch":
      return <Tick field={field} {...rest} />;
    case "choice":
      return <Choice field={field} {...rest} />;
    case "choices":
      return <Choices field={field} {...rest} />;
    case "list":
      return <ListField field={field} {...rest} />;
    case "group":
      return (
        <Frame field={field} problem={rest.problems[rest.at]}>
          <GroupFields fields={field.fields} {...rest} />
        </Frame>
      );
    case "json":
      return <JsonText field={field} {...rest} />;
    default:
      return field satisfies never;
  }
}

interface GroupProps extends Omit<FieldProps, "field"> {
  readonly fields: readonly NamedField[];
}

export function GroupFields({ fields, draft, at, problems, onChange }: GroupProps) {
  const drafts = draft as Readonly<Record<string, Draft>>;
  return (
    <Box sx={{ display: "grid", gap: 2, minWidth: 0 }}>
      {fields.map(({ name, field }) => (
        <SchemaField
          key={name}
          field={field}
          draft={drafts[name] ?? ""}
          at={`${at}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`}
          problems={problems}
          onChange={(part) => onChange({ ...drafts, [name]: part })}
        />
      ))}
    </Box>
  );
}

/** What all fields of one line have. */
function common({ field, draft, at, problems, onChange }: FieldProps): TextFieldProps {
  return {
    label: field.label,
    value: draft,
    required: field.isRequired,
    fullWidth: true,
    size: "small",
    error: problems[at] !== undefined,
    helperText: problems[at] ?? (field.hint || undefined),
    onChange: (event) => onChange(event.target.value),
  };
}

/** Longer than this, or of several lines, it wants the room to be read. */
const WIDE = 60;

function TextLine(props: FieldProps<FieldOf<"text">>) {
  const { field, draft } = props;
  const text = textIn(draft);
  const isLong = field.isLong || text.length > WIDE || text.includes("\n");
  return (
    <TextField
      {...common(props)}
      {...(isLong ? { multiline: true, minRows: 3, maxRows: 14 } : { type: field.input })}
      slotProps={{ htmlInput: { dir: "auto" } }}
    />
  );
}

function NumberLine(props: FieldProps<FieldOf<"number">>) {
  const inputMode = props.field.isWhole ? "numeric" : "decimal";
  return (
    <TextField {...common(props)} slotProps={{ htmlInput: { inputMode } }} sx={{ maxWidth: 240 }} />
  );
}

function JsonText(props: FieldProps<FieldOf<"json">>) {
  return (
    <TextField
      {...common(props)}
      label={`${props.field.label} (${t("form.asJson")})`}
      multiline
      minRows={2}
      maxRows={12}
      slotProps={{ htmlInput: { spellCheck: false, dir: "ltr" } }}
      sx={{ "& textarea": { fontFamily: MONO, fontSize: "0.8125rem" } }}
    />
  );
}

/** The browser's own list: on a phone it is the wheel that people know. */
function Choice(props: FieldProps<FieldOf<"choice">>) {
  const { field } = props;
  return (
    <TextField {...common(props)} select slotProps={{ select: { native: true } }}>
      <option value="">{t("form.unset")}</option>
      {field.options.map(({ label }, place) => (
        <option key={label} value={String(place)}>
          {label}
        </option>
      ))}
    </TextField>
  );
}

function Tick({ field, draft, at, problems, onChange }: FieldProps<FieldOf<"switch">>) {
  const hint = useId();
  return (
    <div>
      <FormControlLabel
        label={field.label}
        control={
          <Checkbox
            size="small"
            checked={draft === true}
            onChange={(_, isOn) => onChange(isOn)}
            slotProps={{ input: { "aria-describedby": hint } }}
          />
        }
      />
      <Hint id={hint} field={field} problem={problems[at]} />
    </div>
  );
}

function Choices({ field, draft, at, problems, onChange }: FieldProps<FieldOf<"choices">>) {
  const chosen = draft as readonly string[];
  const toggle = (place: string, isOn: boolean) =>
    onChange(isOn ? [...chosen, place].toSorted() : chosen.filter((other) => other !== place));
  return (
    <Frame field={field} problem={problems[at]}>
      {field.options.map(({ label }, place) => (
        <FormControlLabel
          key={label}
          label={label}
          control={
            <Checkbox
              size="small"
              checked={chosen.includes(String(place))}
              onChange={(_, isOn) => toggle(String(place), isOn)}
            />
          }
        />
      ))}
    </Frame>
  );
}

interface FrameProps {
  readonly field: Field;
  readonly problem: string | undefined;
  readonly children: ReactNode;
}

/** Fields that belong together, under their common name. */
export function Frame({ field, problem, children }: FrameProps) {
  const hint = useId();
  return (
    <Box component="fieldset" aria-describedby={hint} sx={FIELDSET}>
      <legend>{field.label}</legend>
      <Hint id={hint} field={field} problem={problem} />
      {children}
    </Box>
  );
}

interface HintProps extends Omit<FrameProps, "children"> {
  readonly id: string;
}

function Hint({ id, field, problem }: HintProps) {
  const words = problem ?? field.hint;
  if (words === "") return <span id={id} />;
  return (
    <FormHelperText id={id} error={problem !== undefined} sx={{ mt: 0 }}>
      {words}
    </FormHelperText>
  );
}

const FIELDSET = {
  m: 0,
  p: 0,
  paddingInlineStart: 1.5,
  minWidth: 0,
  border: 0,
  borderInlineStart: "2px solid",
  borderColor: "divider",
  display: "grid",
  gap: 1,
  "& > legend": { p: 0, mb: 0.5, fontSize: "0.875rem", fontWeight: 550 },
} as const;
