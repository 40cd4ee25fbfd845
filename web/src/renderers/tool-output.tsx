/** The words of a tool: as a table, a tree, markdown or text, cut to a size that can be looked at. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useMemo, useState } from "react";

import { formatBytes } from "@/i18n";
import { t } from "@/i18n/tools";
import { Markdown } from "@/markdown/markdown";
import { MONO } from "@/theme/theme";

import { JsonTree } from "./json-tree";
import { OutputTable } from "./output-table";
import { SHOWN_CHARS, type ToolContent, toolContent } from "./tool-content";

interface Props {
  readonly text: string;
  readonly label: string;
  /** Show it as the text it is, whatever it could be drawn as. */
  readonly isPlain?: boolean;
}

export function ToolOutput({ text, label, isPlain = false }: Props) {
  const [isWhole, setWhole] = useState(false);
  const isCut = text.length > SHOWN_CHARS && !isWhole;
  const shown = isCut ? cutOf(text) : text;
  const content = useMemo(
    () => (isPlain ? ({ kind: "text", text: shown } as const) : toolContent(shown)),
    [shown, isPlain],
  );
  return (
    <>
      <Output content={content} label={label} />
      {isCut && (
        <Button size="small" onClick={() => setWhole(true)}>
          {t("tool.showAll", { size: formatBytes(new Blob([text]).size) })}
        </Button>
      )}
    </>
  );
}

/** Its beginning, up to the end of a line if one ends there. Half of a JSON text is no JSON: that is text. */
function cutOf(text: string): string {
  const cut = text.slice(0, SHOWN_CHARS);
  const end = cut.lastIndexOf("\n");
  return end > SHOWN_CHARS / 2 ? cut.slice(0, end) : cut;
}

function Output({ content, label }: { readonly content: ToolContent; readonly label: string }) {
  switch (content.kind) {
    case "table":
      return <OutputTable table={content} label={label} />;
    case "json":
      return <JsonTree value={content.value} label={label} />;
    case "markdown":
      return (
        <Box role="group" aria-label={label} sx={MARKDOWN}>
          <Markdown text={content.text} isStreaming={false} />
        </Box>
      );
    case "text":
      return <OutputText text={content.text} label={label} />;
    default:
      return content satisfies never;
  }
}

export function OutputText({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <Box component="pre" aria-label={label} sx={TEXT}>
      {text}
    </Box>
  );
}

export const TEXT = {
  m: 0,
  fontFamily: MONO,
  fontSize: "0.8125rem",
  lineHeight: 1.6,
  whiteSpace: "pre-wrap",
  overflowWrap: "anywhere",
} as const;

const MARKDOWN = { color: "text.primary", typography: "body2", minWidth: 0 } as const;
