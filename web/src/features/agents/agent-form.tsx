/** The fields of an agent. What is wrong is said at the field, and the first such field gets the focus. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import TextField, { type TextFieldProps } from "@mui/material/TextField";
import { type ReactNode, type SubmitEvent, useRef, useState } from "react";

import { isApiError } from "@/api/errors";
import { Disclosure } from "@/components/disclosure";
import { reasonOf } from "@/components/error-text";
import { InlineAlert } from "@/components/inline-alert";
import { t } from "@/i18n/settings";

import { type AgentDraft, type DraftField, problemsFrom, problemsIn } from "./agent-draft";
import { ModelField } from "./model-field";
import { RetentionField } from "./retention-field";
import { ToolsField } from "./tools-field";

interface AgentFormProps {
  readonly initial: AgentDraft;
  readonly isSaving: boolean;
  /** Why the last try to save failed. */
  readonly error: Error | null;
  readonly save: string;
  readonly onSave: (draft: AgentDraft) => void;
  /** Beside the save button. */
  readonly children?: ReactNode;
}

export function AgentForm({ initial, isSaving, error, save, onSave, children }: AgentFormProps) {
  const [draft, setDraft] = useState(initial);
  const [isTried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const refused = isApiError(error) ? problemsFrom(error.fieldErrors) : {};
  const problems = { ...refused, ...(isTried ? problemsIn(draft) : {}) };
  const isPlaced = Object.keys(refused).length > 0;

  const change = (field: DraftField, value: string) => setDraft({ ...draft, [field]: value });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    const [wrong] = Object.keys(problemsIn(draft));
    if (wrong === undefined) onSave(draft);
    else form.current?.querySelector<HTMLElement>(`[name="${wrong}"]`)?.focus();
  };
  const field = (name: DraftField, label: string, hint?: string): TextFieldProps => ({
    name,
    label,
    fullWidth: true,
    value: draft[name],
    onChange: (event) => change(name, event.target.value),
    error: problems[name] !== undefined,
    helperText: problems[name] ?? hint,
  });

  return (
    <Box
      component="form"
      ref={form}
      noValidate
      onSubmit={submit}
      sx={{ display: "grid", gap: 2.5 }}
    >
      <TextField {...field("name", t("agents.name"), t("agents.nameHint"))} />
      <TextField {...field("description", t("agents.description"), t("agents.descriptionHint"))} />
      <ModelField
        value={draft.model}
        problem={problems.model}
        onChange={(model) => change("model", model)}
      />
      <TextField
        {...field("instructions", t("agents.instructions"), t("agents.instructionsHint"))}
        multiline
        minRows={5}
        maxRows={18}
      />
      <ToolsField
        uses={draft.tools}
        problem={problems.tools}
        onChange={(tools) => setDraft({ ...draft, tools })}
      />
      <TextField
        {...field("starters", t("agents.starters"), t("agents.startersHint"))}
        multiline
        minRows={2}
        maxRows={8}
      />
      <RetentionField
        rule={draft.retention}
        problem={problems.retention}
        onChange={(retention) => setDraft({ ...draft, retention })}
      />
      <Limits
        field={field}
        isOpen={hasLimits(initial) || LIMITS.some((name) => name in problems)}
      />
      {error !== null && !isPlaced && (
        <InlineAlert announced severity="error" title={t("agents.notSaved")}>
          {reasonOf(error)}
        </InlineAlert>
      )}
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1, alignItems: "center" }}>
        <Button type="submit" variant="contained" loading={isSaving}>
          {save}
        </Button>
        {children}
      </Box>
    </Box>
  );
}

const LIMITS = ["temperature", "topP", "maxTokens", "maxSteps"] as const satisfies DraftField[];

const hasLimits = ({ temperature, topP, maxTokens }: AgentDraft) =>
  [temperature, topP, maxTokens].some((text) => text !== "");

interface LimitsProps {
  readonly field: (name: DraftField, label: string, hint?: string) => TextFieldProps;
  readonly isOpen: boolean;
}

function Limits({ field, isOpen }: LimitsProps) {
  const [choice, setChoice] = useState<boolean | null>(null);
  const number = { inputProps: { inputMode: "decimal" } } as const;
  return (
    <Disclosure summary={t("agents.limits")} expanded={choice ?? isOpen} onToggle={setChoice}>
      <Box sx={GRID}>
        <TextField
          {...field("temperature", t("agents.temperature"), t("agents.temperatureHint"))}
          slotProps={{ htmlInput: number.inputProps }}
        />
        <TextField
          {...field("topP", t("agents.topP"), t("agents.topPHint"))}
          slotProps={{ htmlInput: number.inputProps }}
        />
        <TextField
          {...field("maxTokens", t("agents.maxTokens"), t("agents.maxTokensHint"))}
          slotProps={{ htmlInput: number.inputProps }}
        />
        <TextField
          {...field("maxSteps", t("agents.maxSteps"), t("agents.maxStepsHint"))}
          slotProps={{ htmlInput: number.inputProps }}
        />
      </Box>
    </Disclosure>
  );
}

const GRID = {
  display: "grid",
  gap: 2.5,
  pt: 2,
  gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 14rem), 1fr))",
} as const;
