/** A JSON value as a tree. Its branches fold by the browser's own `details`, keyboard included. */
import Box from "@mui/material/Box";

import Button from "@mui/material/Button";
import { useState } from "react";

import { isObject, type Json } from "@/api/json";
import { t } from "@/i18n/tools";
import { MONO } from "@/theme/theme";

/** More lines than this begin folded. */
const FOLDED_ABOVE = 20;

/** Of a longer text only so much is shown until somebody asks for the rest. */
const SHOWN_CHARS = 1000;

interface Props {
  readonly value: Json;
  readonly label: string;
  /** Its first level is open, however long it is. */
  readonly isUnfolded?: boolean;
}

export function JsonTree({ value, label, isUnfolded = false }: Props) {
  const isShort = lineCount(value) <= FOLDED_ABOVE;
  return (
    <Box role="group" aria-label={label} sx={TREE}>
      <Node value={value} isOpen={isShort || isUnfolded} areOpenBelow={isShort} />
    </Box>
  );
}

interface NodeProps {
  readonly value: Json;
  readonly isOpen: boolean;
  readonly areOpenBelow?: boolean;
  readonly name?: string;
}

function Node({ value, isOpen, areOpenBelow = isOpen, name }: NodeProps) {
  const entries = entriesOf(value);
  if (entries === null) return <Leaf value={value} name={name} />;
  if (entries.length === 0)
    return (
      <div>
        <Name name={name} />
        {Array.isArray(value) ? "[]" : "{}"}
      </div>
    );
  return (
    <details open={isOpen}>
      <summary>
        <Name name={name} />
        <Box component="span" sx={{ color: "text.secondary" }}>
          {Array.isArray(value)
            ? t("json.items", { count: entries.length })
            : t("json.fields", { count: entries.length })}
        </Box>
      </summary>
      <Box sx={{ marginInlineStart: 2 }}>
        {entries.map(([key, child]) => (
          <Node key={key} name={key} value={child} isOpen={areOpenBelow} />
        ))}
      </Box>
    </details>
  );
}

function Leaf({ value, name }: { readonly value: Json; readonly name: string | undefined }) {
  const isText = typeof value === "string";
  return (
    <div>
      <Name name={name} />
      <Box component="span" sx={{ color: isText ? "text.primary" : "info.main" }}>
        {isText ? <Words text={value} /> : JSON.stringify(value)}
      </Box>
    </div>
  );
}

function Words({ text }: { readonly text: string }) {
  const [isWhole, setWhole] = useState(false);
  if (isWhole || text.length <= SHOWN_CHARS) return text;
  return (
    <>
      {text.slice(0, SHOWN_CHARS)}…{" "}
      <Button size="small" onClick={() => setWhole(true)}>
        {t("json.more", { count: text.length - SHOWN_CHARS })}
      </Button>
    </>
  );
}

function Name({ name }: { readonly name: string | undefined }) {
  if (name === undefined) return null;
  return (
    <Box component="span" sx={{ color: "secondary.main" }}>
      {name}
      {": "}
    </Box>
  );
}

function entriesOf(value: Json): readonly (readonly [string, Json])[] | null {
  if (Array.isArray(value)) return value.map((item: Json, index) => [String(index), item] as const);
  return isObject(value) ? Object.entries(value) : null;
}

function lineCount(value: Json): number {
  const entries = entriesOf(value) ?? [];
  return entries.reduce((lines, [, child]) => lines + lineCount(child), 1);
}

const TREE = {
  fontFamily: MONO,
  fontSize: "0.8125rem",
  lineHeight: 1.6,
  whiteSpace: "pre-wrap",
  overflowWrap: "anywhere",
  "& summary": { cursor: "pointer", borderRadius: 0.5 },
  "& summary::marker": { color: "text.secondary" },
} as const;
