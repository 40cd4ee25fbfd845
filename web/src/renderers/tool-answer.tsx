/**
 * What a tool answered: its words by what they are, the data beside them, images and files.
 *
 * The rule it keeps: nothing is said twice; data that only repeats the words is drawn in their place.
 */
import Box from "@mui/material/Box";
import ToggleButton from "@mui/material/ToggleButton";
import { useMemo, useState } from "react";

import type { Json } from "@/api/json";
import type { Content, FileAttachment } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { t } from "@/i18n/tools";

import { Attachments } from "./attachments";
import { JsonTree } from "./json-tree";
import { imagesIn, textOf } from "./message-text";
import { SectionHead } from "./tool-arguments";
import { repeats, SHOWN_CHARS, toolContent } from "./tool-content";
import { ToolOutput } from "./tool-output";

interface Props {
  readonly content: Content;
  readonly is_error: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly files?: readonly FileAttachment[] | undefined;
}

export function ToolAnswer({ content, is_error: isError, metadata, files: made = [] }: Props) {
  const files = [...made, ...imagesIn(content)];
  const words = textOf(content);
  const structured = metadata.structured_content as Json | undefined;
  const isRepeated = structured !== undefined && (words === "" || repeats(structured, words));
  const text = isRepeated && words === "" ? JSON.stringify(structured) : words;
  return (
    <Box sx={isError ? FAILED : { minWidth: 0 }}>
      {(text !== "" || files.length === 0) && <Words text={text} isError={isError} />}
      {structured !== undefined && !isRepeated && (
        <section>
          <SectionHead title={t("tool.structured")}>
            <CopyButton
              label={t("tool.copyStructured")}
              text={() => JSON.stringify(structured, null, 2)}
            />
          </SectionHead>
          <JsonTree value={structured} label={t("tool.structured")} />
        </section>
      )}
      {files.length > 0 && <Files files={files} />}
    </Box>
  );
}

function Words({ text, isError }: { readonly text: string; readonly isError: boolean }) {
  const [isPlain, setPlain] = useState(false);
  const label = isError ? t("tool.error") : t("tool.output");
  const isText = useMemo(() => toolContent(text.slice(0, SHOWN_CHARS)).kind === "text", [text]);
  return (
    <Box component="section" sx={{ minWidth: 0 }}>
      <SectionHead title={label}>
        {text !== "" && <CopyButton label={t("tool.copyOutput")} text={() => text} />}
        {!isText && (
          <ToggleButton
            value="plain"
            size="small"
            selected={isPlain}
            onChange={() => setPlain(!isPlain)}
            sx={PLAIN}
          >
            {t("tool.asText")}
          </ToggleButton>
        )}
      </SectionHead>
      {text === "" ? (
        t("tool.noOutput")
      ) : (
        <ToolOutput text={text} label={label} isPlain={isPlain} />
      )}
    </Box>
  );
}

function Files({ files }: { readonly files: readonly FileAttachment[] }) {
  return (
    <section>
      <SectionHead title={t("tool.files", { count: files.length })} />
      <Attachments files={files} />
    </section>
  );
}

const FAILED = {
  minWidth: 0,
  px: 1.5,
  py: 0.5,
  borderRadius: 1,
  borderInlineStart: "3px solid",
  borderColor: "error.main",
  bgcolor: "rgb(var(--t-palette-error-mainChannel) / 0.07)",
  color: "error.main",
  "& h3": { color: "inherit" },
} as const;

const PLAIN = { px: 1, py: 0, minHeight: 24, fontSize: "0.75rem", textTransform: "none" } as const;
