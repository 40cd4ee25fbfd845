/** A form for what a JSON Schema asks for: its fields, or the same as JSON for those who prefer that. */
import Box from "@mui/material/Box";
import TextField from "@mui/material/TextField";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import Typography from "@mui/material/Typography";
import { useEffect, useRef } from "react";

import { t } from "@/i18n/tools";
import { MONO } from "@/theme/theme";

import { GroupFields } from "./schema-field";
import type { Mode, SchemaForm as Form } from "./use-schema-form";

export function SchemaForm({ form, label }: { readonly form: Form; readonly label: string }) {
  const { root, mode, draft, problems } = form;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (form.refusals > 0) box.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [form.refusals]);
  return (
    <Box ref={box} role="group" aria-label={label} sx={{ display: "grid", gap: 2, minWidth: 0 }}>
      {root !== null && root.fields.length > 0 && (
        <ModeSwitch mode={mode} onChange={form.setMode} />
      )}
      {mode === "json" || root === null ? (
        <AsJson form={form} label={label} />
      ) : root.fields.length === 0 ? (
        <Typography variant="body2" sx={{ color: "text.secondary" }}>
          {t("form.none")}
        </Typography>
      ) : (
        <GroupFields
          fields={root.fields}
          draft={draft}
          at=""
          problems={problems}
          onChange={form.setDraft}
        />
      )}
    </Box>
  );
}

interface ModeSwitchProps {
  readonly mode: Mode;
  readonly onChange: (mode: Mode) => void;
}

function ModeSwitch({ mode, onChange }: ModeSwitchProps) {
  return (
    <ToggleButtonGroup
      exclusive
      size="small"
      value={mode}
      aria-label={t("form.as")}
      onChange={(_, chosen: Mode | null) => chosen !== null && onChange(chosen)}
      sx={{ justifySelf: "end" }}
    >
      <ToggleButton value="form" sx={MODE}>
        {t("form.asForm")}
      </ToggleButton>
      <ToggleButton value="json" sx={MODE}>
        {t("form.asJson")}
      </ToggleButton>
    </ToggleButtonGroup>
  );
}

function AsJson({ form, label }: { readonly form: Form; readonly label: string }) {
  const [problem] = Object.values(form.problems);
  return (
    <TextField
      label={`${label} (${t("form.asJson")})`}
      fullWidth
      multiline
      minRows={4}
      maxRows={16}
      value={form.text}
      error={problem !== undefined}
      helperText={problem}
      onChange={(event) => form.setText(event.target.value)}
      slotProps={{ htmlInput: { spellCheck: false, dir: "ltr" } }}
      sx={{ "& textarea": { fontFamily: MONO, fontSize: "0.8125rem" } }}
    />
  );
}

const MODE = {
  px: 1.5,
  py: 0.25,
  textTransform: "none",
  "@media (pointer: coarse)": { py: 1 },
} as const;
