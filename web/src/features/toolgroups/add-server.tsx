/** Adding an MCP server: where it is, what it is reached with, and when a person is asked before its tools run. */
import Box from "@mui/material/Box";
import Dialog from "@mui/material/Dialog";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import TextField, { type TextFieldProps } from "@mui/material/TextField";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import { type SubmitEvent, useId, useRef, useState } from "react";

import { isApiError } from "@/api/errors";
import { useConfig } from "@/api/queries";
import { useRegisterToolgroup } from "@/api/tool-queries";
import type { ApprovalRule } from "@/api/types";
import { DialogFoot } from "@/components/dialog-foot";
import { reasonOf } from "@/components/error-text";
import { InlineAlert } from "@/components/inline-alert";
import { notify } from "@/components/notices";
import { t } from "@/i18n/tools";
import { MONO } from "@/theme/theme";

import {
  EMPTY,
  groupOf,
  problemsFrom,
  problemsIn,
  type ServerField,
  type Way,
} from "./server-draft";

const RULES = ["first_time", "always", "never"] as const satisfies readonly ApprovalRule[];

/** It is there while it is open, and so it begins empty each time: what is secret is not kept. */
export function AddServer({ onClose }: { readonly onClose: () => void }) {
  const title = useId();
  const form = useRef<HTMLFormElement>(null);
  const register = useRegisterToolgroup();
  const { data: config } = useConfig();
  const [draft, setDraft] = useState(EMPTY);
  const [isTried, setTried] = useState(false);
  const { error } = register;
  const refused = isApiError(error) ? problemsFrom(error.fieldErrors) : {};
  const problems = { ...refused, ...(isTried ? problemsIn(draft) : {}) };

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    const [wrong] = Object.keys(problemsIn(draft));
    if (wrong !== undefined) {
      form.current?.querySelector<HTMLElement>(`[name="${wrong}"]`)?.focus();
      return;
    }
    register.mutate(groupOf(draft), {
      onSuccess: ({ toolgroup_id: name, tools }) => {
        notify(t("tools.added", { name, count: tools }));
        onClose();
      },
    });
  };
  const field = (name: ServerField, label: string, hint?: string): TextFieldProps => ({
    name,
    label,
    fullWidth: true,
    size: "small",
    value: draft[name],
    onChange: (event) => setDraft({ ...draft, [name]: event.target.value }),
    error: problems[name] !== undefined,
    helperText: problems[name] ?? hint,
    slotProps: { htmlInput: { autoComplete: "off", spellCheck: false } },
  });
  const lines = { multiline: true, minRows: 2, maxRows: 8, sx: LINES } as const;
  return (
    <Dialog open onClose={onClose} aria-labelledby={title} fullWidth maxWidth="sm">
      <DialogTitle id={title}>{t("tools.addServer")}</DialogTitle>
      <Box component="form" ref={form} noValidate onSubmit={submit} sx={FORM}>
        <DialogContent sx={{ display: "grid", gap: 2, alignContent: "start" }}>
          {error !== null && Object.keys(refused).length === 0 && (
            <InlineAlert announced severity="error" title={t("tools.notAdded")}>
              {reasonOf(error)}
            </InlineAlert>
          )}
          <TextField {...field("name", t("tools.name"), t("tools.nameHint"))} required />
          {config?.tools.programs === true && (
            <WayChoice way={draft.way} onChange={(way) => setDraft({ ...draft, way })} />
          )}
          {draft.way === "uri" ? (
            <>
              <TextField
                {...field("uri", t("tools.uri"), t("tools.uriHint"))}
                required
                type="url"
              />
              <TextField
                {...field("authorization", t("tools.authorization"), t("tools.authorizationHint"))}
                type="password"
                slotProps={{ htmlInput: { autoComplete: "new-password" } }}
              />
              <TextField
                {...field("headers", t("tools.headers"), t("tools.headersHint"))}
                {...lines}
              />
            </>
          ) : (
            <>
              <TextField
                {...field("command", t("tools.command"), t("tools.commandHint"))}
                required
              />
              <TextField {...field("args", t("tools.args"), t("tools.argsHint"))} {...lines} />
              <TextField {...field("env", t("tools.env"), t("tools.envHint"))} {...lines} />
            </>
          )}
          <TextField
            {...field("approval", t("tools.approval"), t("tools.approvalHint"))}
            select
            slotProps={{ select: { native: true } }}
          >
            {RULES.map((rule) => (
              <option key={rule} value={rule}>
                {t(`tools.rule.${rule}`)}
              </option>
            ))}
          </TextField>
        </DialogContent>
        <DialogFoot confirm={t("tools.add")} pending={register.isPending} onClose={onClose} />
      </Box>
    </Dialog>
  );
}

interface WayChoiceProps {
  readonly way: Way;
  readonly onChange: (way: Way) => void;
}

function WayChoice({ way, onChange }: WayChoiceProps) {
  return (
    <ToggleButtonGroup
      exclusive
      size="small"
      value={way}
      aria-label={t("tools.way")}
      onChange={(_, chosen: Way | null) => chosen !== null && onChange(chosen)}
    >
      <ToggleButton value="uri" sx={WAY}>
        {t("tools.wayUri")}
      </ToggleButton>
      <ToggleButton value="command" sx={WAY}>
        {t("tools.wayCommand")}
      </ToggleButton>
    </ToggleButtonGroup>
  );
}

const FORM = { display: "flex", flexDirection: "column", minHeight: 0 } as const;

const WAY = { px: 1.5, textTransform: "none" } as const;

const LINES = { "& textarea": { fontFamily: MONO, fontSize: "0.8125rem" } } as const;
