/** One group of tools to give an agent: all of it, or those that are ticked. */
import Box from "@mui/material/Box";
import Checkbox from "@mui/material/Checkbox";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useState } from "react";

import { isObject, parseJson } from "@/api/json";
import { Disclosure } from "@/components/disclosure";
import { t } from "@/i18n/tools";
import { MONO } from "@/theme/theme";
import { GroupStatus } from "@/tools/group-status";
import { groupName, type GroupOfTools, ownName } from "@/tools/tool-groups";
import { ToolRow } from "@/tools/tool-row";

import { argsIn, choose, chooseGroup, chosenIn, giveArgs, isWhole, type Uses } from "./tool-choice";

interface Props {
  readonly of: GroupOfTools;
  readonly uses: Uses;
  readonly onChange: (uses: Uses) => void;
}

export function ToolGroupChoice({ of, uses, onChange }: Props) {
  const { group, tools } = of;
  const name = groupName(group.toolgroup_id);
  const chosen = chosenIn(uses, of);
  const isAll = isWhole(uses, of);
  return (
    <Box sx={{ px: 1.5, py: 0.75, minWidth: 0 }}>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1 }}>
        <Box component="label" sx={LABEL}>
          <Checkbox
            size="small"
            checked={isAll}
            indeterminate={!isAll && chosen.length > 0}
            onChange={(_, isOn) => onChange(chooseGroup(uses, of, isOn))}
          />
          <Typography component="span" variant="body2" sx={{ fontWeight: 550 }}>
            {name}
          </Typography>
        </Box>
        {tools.length > 1 && (
          <Typography variant="caption" sx={{ color: "text.secondary" }}>
            {t("agents.chosenTools", { count: chosen.length, all: tools.length })}
          </Typography>
        )}
        {group.status !== "ready" && <GroupStatus status={group.status} />}
      </Box>
      <Box sx={{ paddingInlineStart: { xs: 0, sm: 4.5 } }}>
        {tools.length === 1 ? (
          <Tools {...{ of, uses, onChange }} isSingle />
        ) : (
          tools.length > 0 && (
            <Disclosure summary={t("agents.toolsOf", { name })}>
              <Tools {...{ of, uses, onChange }} />
            </Disclosure>
          )
        )}
        {chosen.length > 0 && <OwnArguments {...{ of, uses, onChange }} />}
      </Box>
    </Box>
  );
}

/** A group of one tool is that tool: there is nothing to choose within it. */
function Tools({ of, uses, onChange, isSingle = false }: Props & { readonly isSingle?: boolean }) {
  const chosen = chosenIn(uses, of);
  return (
    <Box
      component="ul"
      aria-label={t("tools.of", { name: groupName(of.group.toolgroup_id) })}
      sx={{ m: 0, p: 0, listStyle: "none" }}
    >
      {of.tools.map((tool) => (
        <ToolRow
          key={tool.name}
          tool={tool}
          choice={
            isSingle ? undefined : (
              <Checkbox
                size="small"
                checked={chosen.includes(tool)}
                onChange={(_, isOn) => {
                  const others = of.tools.filter((other) =>
                    other === tool ? isOn : chosen.includes(other),
                  );
                  onChange(choose(uses, of, others));
                }}
                slotProps={{ input: { "aria-label": ownName(tool) } }}
                sx={{ p: 0, mt: "-2px" }}
              />
            )
          }
        />
      ))}
    </Box>
  );
}

/** What the agent always says to the tools of this group, as JSON. Half-written JSON is not taken. */
function OwnArguments({ of, uses, onChange }: Props) {
  const args = argsIn(uses, of);
  const hasSome = Object.keys(args).length > 0;
  const [text, setText] = useState(hasSome ? JSON.stringify(args, null, 2) : "");
  const value = text.trim() === "" ? {} : parseJson(text);
  const isWrong = !isObject(value);
  const write = (written: string) => {
    setText(written);
    const now = written.trim() === "" ? {} : parseJson(written);
    if (isObject(now)) onChange(giveArgs(uses, of, now));
  };
  return (
    <Disclosure summary={t("agents.args")} defaultExpanded={hasSome}>
      <TextField
        fullWidth
        multiline
        size="small"
        minRows={2}
        maxRows={10}
        value={text}
        error={isWrong}
        helperText={isWrong ? t("agents.problem.args") : t("agents.argsHint")}
        onChange={(event) => write(event.target.value)}
        placeholder={'{"units": "metric"}'}
        slotProps={{
          htmlInput: {
            spellCheck: false,
            dir: "ltr",
            "aria-label": `${t("agents.args")}: ${groupName(of.group.toolgroup_id)}`,
          },
        }}
        sx={{ mb: 1, "& textarea": { fontFamily: MONO, fontSize: "0.8125rem" } }}
      />
    </Disclosure>
  );
}

const LABEL = {
  display: "inline-flex",
  alignItems: "center",
  marginInlineStart: -1,
  minWidth: 0,
  overflowWrap: "anywhere",
  cursor: "pointer",
} as const;
