/** Rows of a tool's output, in columns. What is wide scrolls within itself. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useState } from "react";

import type { Json } from "@/api/json";
import { t } from "@/i18n/tools";

import type { Table } from "./tool-content";

const SHOWN_ROWS = 100;

export function OutputTable({ table, label }: { readonly table: Table; readonly label: string }) {
  const { columns, rows } = table;
  const [shown, setShown] = useState(SHOWN_ROWS);
  return (
    <>
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
            {rows.slice(0, shown).map((row, index) => (
              <tr key={index}>
                {columns.map((column) => (
                  <td key={column} data-number={isNumber(row[column])}>
                    {cell(row[column])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </Box>
      </Box>
      {rows.length > shown && (
        <Button size="small" onClick={() => setShown(shown * 10)}>
          {t("tool.moreRows", { count: rows.length - shown })}
        </Button>
      )}
    </>
  );
}

function cell(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

const isNumber = (value: Json | undefined) =>
  typeof value === "number" || (typeof value === "string" && /^-?\d[\d.,]*$/.test(value));

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
  "& td[data-number=true]": { textAlign: "end", fontVariantNumeric: "tabular-nums" },
  "& th": { fontWeight: 600, color: "text.secondary", whiteSpace: "nowrap" },
} as const;
