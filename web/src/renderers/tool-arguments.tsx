/** What a tool was asked with: a tree; as it was written, where it is no object. */
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";

import type { JsonObject } from "@/api/json";
import type { ToolCall } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { t } from "@/i18n/tools";

import { JsonTree } from "./json-tree";
import { OutputText } from "./tool-output";

export function ToolArguments({ toolCall }: { readonly toolCall: ToolCall }) {
  const label = t("tool.arguments");
  const written = toolCall.arguments_json.trim();
  const isObject = Object.keys(toolCall.arguments).length > 0;
  const isEmpty = !isObject && (written === "" || written === "{}");
  return (
    <Box component="section" sx={{ minWidth: 0 }}>
      <SectionHead title={label}>
        {!isEmpty && (
          <CopyButton label={t("tool.copyArguments")} text={() => toolCall.arguments_json} />
        )}
      </SectionHead>
      {isEmpty ? (
        <Typography variant="body2" sx={{ color: "text.secondary" }}>
          {t("tool.noArguments")}
        </Typography>
      ) : isObject ? (
        <JsonTree value={toolCall.arguments as JsonObject} label={label} />
      ) : (
        <OutputText text={written} label={label} />
      )}
    </Box>
  );
}

interface SectionHeadProps {
  readonly title: string;
  /** What can be done with what it heads. */
  readonly children?: ReactNode;
}

export function SectionHead({ title, children }: SectionHeadProps) {
  return (
    <Box sx={{ display: "flex", alignItems: "center", gap: 0.5, minHeight: 28 }}>
      <Typography variant="overline" component="h3" sx={{ color: "text.secondary" }}>
        {title}
      </Typography>
      {children}
    </Box>
  );
}
