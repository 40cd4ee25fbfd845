/** What the parts of the inspector are made of: headed sections, facts in two columns, long texts cut. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { type ReactNode, useState } from "react";

import type { Json } from "@/api/json";
import type { ToolCall } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { formatBytes } from "@/i18n";
import { t } from "@/i18n/inspector";
import type { Fact } from "@/renderers/fact-list";
import { JsonTree } from "@/renderers/json-tree";
import { MONO } from "@/theme/theme";

/** Of what is long so much is shown until somebody asks for all of it. */
const SHOWN_CHARS = 4_096;

interface SectionProps {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function Section({ title, actions, children }: SectionProps) {
  return (
    <Box component="section" aria-label={title} sx={{ minWidth: 0, "& + &": { mt: 1.5 } }}>
      <Box sx={HEAD}>
        <Typography variant="overline" component="h3" sx={{ color: "text.secondary", flex: 1 }}>
          {title}
        </Typography>
        {actions}
      </Box>
      {children}
    </Box>
  );
}

/** Names at one edge, figures in a column of their own. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <Box component="dl" sx={FACTS}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd dir="auto">{value}</dd>
        </div>
      ))}
    </Box>
  );
}

/** A text as it is, to the last space. */
export function LongText({ text, label }: { readonly text: string; readonly label: string }) {
  const [isWhole, setWhole] = useState(false);
  const isCut = !isWhole && text.length > SHOWN_CHARS;
  return (
    <Box>
      <Box role="group" aria-label={label} dir="auto" sx={TEXT}>
        {isCut ? `${text.slice(0, SHOWN_CHARS)}…` : text}
      </Box>
      {isCut && <ShowAll size={text.length} onClick={() => setWhole(true)} />}
    </Box>
  );
}

/** A value as a tree; one that is long as the beginning of its text, until somebody asks for all of it. */
export function LongJson({ value, label }: { readonly value: unknown; readonly label: string }) {
  const [isWhole, setWhole] = useState(false);
  const text = JSON.stringify(value, null, 2);
  if (isWhole || text.length <= 4 * SHOWN_CHARS)
    return <JsonTree value={value as Json} label={label} isUnfolded />;
  return (
    <Box>
      <Box role="group" aria-label={label} sx={TEXT}>{`${text.slice(0, SHOWN_CHARS)}…`}</Box>
      <ShowAll size={text.length} onClick={() => setWhole(true)} />
    </Box>
  );
}

/** A call by its name, and what it was made with. */
export function CallView({ call }: { readonly call: ToolCall }) {
  return (
    <Box sx={{ minWidth: 0 }}>
      <Box sx={{ fontFamily: MONO, fontSize: "0.8125rem", fontWeight: 600 }}>{call.tool_name}</Box>
      <LongJson value={call.arguments} label={call.tool_name} />
    </Box>
  );
}

function ShowAll({ size, onClick }: { readonly size: number; readonly onClick: () => void }) {
  return (
    <Button size="small" onClick={onClick}>
      {t("text.showAll", { size: formatBytes(size) })}
    </Button>
  );
}

export const CopyValue = ({ what, value }: { readonly what: string; readonly value: unknown }) => (
  <CopyButton label={what} text={() => JSON.stringify(value, null, 2)} />
);

export const Quiet = ({ children }: { readonly children: ReactNode }) => (
  <Typography variant="body2" component="div" sx={{ color: "text.secondary" }}>
    {children}
  </Typography>
);

const HEAD = { display: "flex", alignItems: "center", gap: 0.5, minHeight: 30 } as const;

const FACTS = {
  m: 0,
  typography: "body2",
  fontVariantNumeric: "tabular-nums",
  "& > div": {
    display: "flex",
    justifyContent: "space-between",
    gap: 2,
    py: "3px",
    borderBlockEnd: "1px solid",
    borderColor: "divider",
  },
  "& > div:last-of-type": { borderBlockEnd: 0 },
  "& dt": { color: "text.secondary", flex: "none" },
  "& dd": { m: 0, minWidth: 0, textAlign: "end", overflowWrap: "anywhere" },
} as const;

export const TEXT = {
  px: 1.25,
  py: 0.75,
  borderRadius: "8px",
  bgcolor: "surface.raised",
  fontFamily: MONO,
  fontSize: "0.78125rem",
  lineHeight: 1.6,
  whiteSpace: "pre-wrap",
  overflowWrap: "anywhere",
} as const;
