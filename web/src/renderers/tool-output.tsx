/** What a tool answered: as a table, a tree or text, cut to a size that can be looked at. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useMemo, useState } from "react";

import { formatBytes, t } from "@/i18n";
import { MONO } from "@/theme/theme";

import { JsonTree } from "./json-tree";
import { type Json, type Row, SHOWN_CHARS, toolContent } from "./tool-content";

export function ToolOutput({ text, label }: { readonly text: string; readonly label: string }) {
  const [isWhole, setWhole] = useState(false);
  const isCut = text.length > SHOWN_CHARS && !isWhole;
  return (
    <>
      <Output text={isCut ? text.slice(0, SHOWN_CHARS) : text} isCut={isCut} label={label} />
      {isCut && (
        <Button size="small" onClick={() => setWhole(true)}>
          {t("tool.showAll", { size: formatBytes(new Blob([text]).size) })}
        </Button>
      )}
    </>
  );
}

interface OutputProps {
  readonly text: string;
  readonly isCut: boolean;
  readonly label: string;
}

/** Half of a JSON text is no JSON: what is cut is shown as the text it is. */
function Output({ text, isCut, label }: OutputProps) {
  const content = useMemo(
    () => (isCut ? { kind: "text" as const, text } : toolContent(text)),
    [text, isCut],
  );
  switch (content.kind) {
    case "table":
      return <OutputTable columns={content.columns} rows={content.rows} label={label} />;
    case "json":
      return <JsonTree value={content.value} label={label} />;
    case "text":
      return <OutputText text={content.text} label={label} />;
    default:
      return content satisfies never;
  }
}

function OutputText({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <Box component="pre" aria-label={label} sx={TEXT}>
      {text}
    </Box>
  );
}

interface TableProps {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly label: string;
}

function OutputTable({ columns, rows, label }: TableProps) {
  return (
    <Box role="region" aria-label={label} tabIndex={0} sx={{ overflowX: "auto" }}>
      <Box component="table" sx={TABLE}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {columns.map((column) => (
                <td key={column}>{cell(row[column])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </Box>
    </Box>
  );
}

function cell(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

const TEXT = {
  m: 0,
  fontFamily: MONO,
  fontSize: "0.8125rem",
  lineHeight: 1.6,
  whiteSpace: "pre-wrap",
  overflowWrap: "anywhere",
} as const;

const TABLE = {
  borderCollapse: "collapse",
  fontSize: "0.8125rem",
  "& th, & td": {
    px: 1,
    py: 0.5,
    textAlign: "start",
    verticalAlign: "top",
    borderBottom: 1,
    borderColor: "divider",
  },
  "& th": { fontWeight: 600, color: "text.secondary" },
} as const;
