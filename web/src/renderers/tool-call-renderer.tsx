/** A tool call: what was asked, what came back, how long it took. Failed ones open by themselves. */
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";

import type { Content, ToolCall, ToolCallStep } from "@/api/types";
import { Disclosure } from "@/components/disclosure";
import { t } from "@/i18n";
import { ToolIcon } from "@/icons/icons";

import { CopyButton } from "@/components/copy-button";
import { JsonTree } from "./json-tree";
import { MessageImages } from "./message-images";
import { textOf } from "./message-text";
import { StepLine } from "./step-line";
import type { Json } from "./tool-content";
import { ToolOutput } from "./tool-output";
import { useExpanded } from "./use-expanded";

interface Props {
  readonly toolCall: ToolCall;
  /** The step that ran it; a call that only stands on a message has none. */
  readonly step?: ToolCallStep;
  /** Show what was asked from the start. */
  readonly isOpen?: boolean;
}

export function ToolCallRenderer({ toolCall, step, isOpen = false }: Props) {
  const hasFailed = step?.status === "failed" || step?.tool_response?.is_error === true;
  const open = useExpanded(hasFailed || isOpen);
  return (
    <Disclosure
      {...open}
      summary={
        <StepLine
          icon={<ToolIcon fontSize="inherit" />}
          name={toolCall.tool_name}
          step={step}
          hasFailed={hasFailed}
        />
      }
    >
      <Box sx={BODY}>
        <Arguments toolCall={toolCall} />
        {step && <Answer step={step} hasFailed={hasFailed} />}
      </Box>
    </Disclosure>
  );
}

function Arguments({ toolCall }: { readonly toolCall: ToolCall }) {
  const label = t("tool.arguments");
  const isEmpty = Object.keys(toolCall.arguments).length === 0;
  return (
    <section>
      <Heading>
        {label}
        {!isEmpty && (
          <CopyButton label={t("tool.copyArguments")} text={() => toolCall.arguments_json} />
        )}
      </Heading>
      {isEmpty ? (
        <Typography variant="body2" sx={{ color: "text.secondary" }}>
          {t("tool.noArguments")}
        </Typography>
      ) : (
        <JsonTree value={toolCall.arguments as Json} label={label} />
      )}
    </section>
  );
}

function Answer({ step, hasFailed }: { readonly step: ToolCallStep; readonly hasFailed: boolean }) {
  const { tool_response: response, error } = step;
  const label = hasFailed ? t("tool.error") : t("tool.output");
  if (response === null && error === null) return null;
  return (
    <Box component="section" sx={{ color: hasFailed ? "error.main" : "text.primary" }}>
      <Heading>{label}</Heading>
      {response ? <Response content={response.content} label={label} /> : error?.message}
    </Box>
  );
}

function Response({ content, label }: { readonly content: Content; readonly label: string }) {
  const text = textOf(content);
  return (
    <>
      {text === "" ? t("tool.noOutput") : <ToolOutput text={text} label={label} />}
      <MessageImages content={content} />
    </>
  );
}

function Heading({ children }: { readonly children: ReactNode }) {
  return (
    <Typography
      variant="overline"
      component="h3"
      sx={{ display: "flex", alignItems: "center", minHeight: 28, color: "text.secondary" }}
    >
      {children}
    </Typography>
  );
}

const BODY = {
  display: "grid",
  gap: 1,
  my: 0.5,
  px: 1.5,
  py: 1,
  border: 1,
  borderColor: "divider",
  borderRadius: 1,
  bgcolor: "background.paper",
  minWidth: 0,
} as const;
