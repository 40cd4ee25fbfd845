/** Calling a tool by hand: a form for what it is asked, and what it answers, as a talk would show it. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Typography from "@mui/material/Typography";
import { type ReactNode, type SubmitEvent, useEffect, useId, useRef, useState } from "react";

import { isApiError } from "@/api/errors";
import { useCallTool } from "@/api/tool-queries";
import type { ToolInfo } from "@/api/types";
import { announce } from "@/components/announcer";
import { reasonOf } from "@/components/error-text";
import { InlineAlert } from "@/components/inline-alert";
import type { Problems } from "@/forms/draft";
import { SchemaForm } from "@/forms/schema-form";
import { useSchemaForm } from "@/forms/use-schema-form";
import { formatDuration } from "@/i18n";
import { t } from "@/i18n/tools";
import { ToolAnswer } from "@/renderers/tool-answer";

import { ownName } from "./tool-groups";

interface Props {
  readonly tool: ToolInfo;
  readonly open: boolean;
  readonly onClose: () => void;
}

export function TryTool({ tool, open, onClose }: Props) {
  const title = useId();
  const { data, error, isPending, run, took } = useTrial(tool.name);
  const problems = problemsIn(error);
  const form = useSchemaForm(tool.input_schema, undefined, problems);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    event.stopPropagation(); // within the form of an agent, this is not its end
    const given = form.take();
    if (given !== null) run(given);
  };
  return (
    <Dialog open={open} onClose={onClose} aria-labelledby={title} fullWidth maxWidth="sm">
      <DialogTitle id={title}>{t("tools.tryTitle", { name: ownName(tool) })}</DialogTitle>
      <Box component="form" noValidate onSubmit={submit} sx={FORM}>
        <DialogContent sx={{ display: "grid", gap: 2, alignContent: "start" }}>
          {tool.description !== "" && (
            <Typography variant="body2" sx={{ color: "text.secondary", whiteSpace: "pre-wrap" }}>
              {tool.description}
            </Typography>
          )}
          {tool.policy.approval !== "never" && (
            <InlineAlert severity="warning" title={t("tools.tryReally")} />
          )}
          <SchemaForm form={form} label={t("tool.arguments")} />
          {error !== null && Object.keys(problems).length === 0 && (
            <InlineAlert announced severity="error" title={t("tools.notCalled")}>
              {reasonOf(error)}
            </InlineAlert>
          )}
          {data !== undefined && !isPending && (
            <Result took={took}>
              <ToolAnswer {...data} />
            </Result>
          )}
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose}>
            {t("action.close")}
          </Button>
          <Button type="submit" variant="contained" loading={isPending}>
            {t("tools.run")}
          </Button>
        </DialogActions>
      </Box>
    </Dialog>
  );
}

/** One call after the other, and how long the last one took. */
function useTrial(name: string) {
  const { mutate, data, error, isPending } = useCallTool(name);
  const [took, setTook] = useState(0);
  const run = (args: Parameters<typeof mutate>[0]) => {
    const began = performance.now();
    mutate(args, {
      onSuccess: ({ is_error: isError }) => {
        setTook(performance.now() - began);
        announce(isError ? t("tools.failed") : t("tools.answered"));
      },
    });
  };
  return { data, error, isPending, run, took };
}

function Result({ took, children }: { readonly took: number; readonly children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.scrollIntoView({ block: "nearest" }), [took]);
  return (
    <Box ref={box} role="group" aria-label={t("tools.result")} sx={RESULT}>
      {children}
      <Typography variant="caption" sx={{ color: "text.secondary" }}>
        {t("tools.took", { duration: formatDuration(took) })}
      </Typography>
    </Box>
  );
}

/** What the server has against the arguments, by their place among them. */
function problemsIn(error: Error | null): Problems {
  if (!isApiError(error)) return {};
  const start = "/arguments";
  const within = error.fieldErrors.filter(({ pointer }) => pointer.startsWith(`${start}/`));
  return Object.fromEntries(
    within.map(({ pointer, detail }) => [pointer.slice(start.length), detail]),
  );
}

const FORM = { display: "flex", flexDirection: "column", minHeight: 0 } as const;

const RESULT = { borderTop: 1, borderColor: "divider", pt: 1.5, minWidth: 0 } as const;
