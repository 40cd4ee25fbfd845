/** How long an agent's sessions stay when nobody goes on with them: archived, deleted, or left to the server. */
import Box from "@mui/material/Box";
import FormHelperText from "@mui/material/FormHelperText";
import Typography from "@mui/material/Typography";
import { useState } from "react";

import { useConfig } from "@/api/queries";
import type { AgentConfig } from "@/api/types";
import { Disclosure } from "@/components/disclosure";
import { SelectField } from "@/components/select-field";
import { t } from "@/i18n/settings";

type Rule = NonNullable<AgentConfig["retention"]>;
type Term = Rule["archive_after"];

interface Props {
  readonly rule: Rule | null;
  readonly problem: string | undefined;
  readonly onChange: (rule: Rule | null) => void;
}

const NOTHING: Rule = { archive_after: null, delete_after: null, keep_pinned: null };

export function RetentionField({ rule, problem, onChange }: Props) {
  const [choice, setChoice] = useState<boolean | null>(null);
  const [isSet] = useState(rule !== null);
  const ofServer = useConfig().data?.retention;
  const said = rule ?? NOTHING;
  const change = (part: Partial<Rule>) => {
    const next = { ...said, ...part };
    onChange(Object.values(next).every((value) => value === null) ? null : next);
  };
  return (
    <Disclosure
      summary={t("agents.retention")}
      expanded={choice ?? (isSet || problem !== undefined)}
      onToggle={setChoice}
    >
      <Typography variant="body2" sx={{ pt: 1, color: "text.secondary" }}>
        {t("agents.retentionText")}
      </Typography>
      <Box sx={GRID}>
        <TermField
          label={t("agents.archiveAfter")}
          term={said.archive_after}
          ofServer={ofServer?.archive_after}
          onChange={(term) => change({ archive_after: term })}
        />
        <TermField
          label={t("agents.deleteAfter")}
          term={said.delete_after}
          ofServer={ofServer?.delete_after}
          onChange={(term) => change({ delete_after: term })}
        />
        <SelectField
          label={t("agents.keepPinned")}
          value={String(said.keep_pinned) as keyof typeof PINNED}
          options={[
            {
              value: "null",
              label: asServer(
                ofServer && t(ofServer.keep_pinned === false ? "agents.notKept" : "agents.kept"),
              ),
            },
            { value: "true", label: t("agents.kept") },
            { value: "false", label: t("agents.notKept") },
          ]}
          onChange={(value) => change({ keep_pinned: PINNED[value] })}
        />
      </Box>
      {problem !== undefined && <FormHelperText error>{problem}</FormHelperText>}
    </Disclosure>
  );
}

const PINNED = { null: null, true: true, false: false } as const;

/** Days that are offered; one that was set otherwise is offered too. */
const OFFERED = [7, 30, 90, 180, 365] as const;

interface TermFieldProps {
  readonly label: string;
  readonly term: Term;
  /** What holds where nothing is chosen; undefined while that is not known. */
  readonly ofServer: Term | undefined;
  readonly onChange: (term: Term) => void;
}

function TermField({ label, term, ofServer, onChange }: TermFieldProps) {
  const [first] = useState(term);
  const isOther = typeof first === "number" && !OFFERED.some((days) => days === first);
  const days = isOther ? [...OFFERED, first].sort((one, other) => one - other) : OFFERED;
  return (
    <SelectField<string>
      label={label}
      value={String(term)}
      options={[
        { value: "null", label: asServer(ofServer === undefined ? undefined : wordsOf(ofServer)) },
        { value: "never", label: t("agents.never") },
        ...days.map((count) => ({ value: String(count), label: wordsOf(count) })),
      ]}
      onChange={(value) => onChange(termOf(value))}
    />
  );
}

/** What the server's rule comes to, where it is known. */
const asServer = (rule: string | undefined) =>
  rule === undefined ? t("agents.asServer") : t("agents.asServerSays", { rule });

const wordsOf = (term: Term) =>
  typeof term === "number" ? t("agents.after", { count: term }) : t("agents.never");

function termOf(value: string): Term {
  if (value === "null") return null;
  return value === "never" ? value : Number(value);
}

const GRID = {
  display: "grid",
  gap: 2.5,
  pt: 2,
  gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 14rem), 1fr))",
} as const;
