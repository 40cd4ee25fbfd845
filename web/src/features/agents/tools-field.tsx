/** The tools of an agent: groups to be taken whole or in part, each tool with its rules and a way to try it. */
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import FormHelperText from "@mui/material/FormHelperText";
import Link from "@mui/material/Link";
import Typography from "@mui/material/Typography";
import { useId } from "react";
import { Link as RouteLink } from "wouter";

import { useToolgroups, useTools } from "@/api/tool-queries";
import { reasonOf } from "@/components/error-text";
import { InlineAlert } from "@/components/inline-alert";
import { paths } from "@/components/paths";
import { t } from "@/i18n/tools";
import { withTools } from "@/tools/tool-groups";

import { goneUses, type Uses, without } from "./tool-choice";
import { ToolGroupChoice } from "./tool-group-choice";

interface ToolsFieldProps {
  readonly uses: Uses;
  readonly problem: string | undefined;
  readonly onChange: (uses: Uses) => void;
}

export function ToolsField({ uses, problem, onChange }: ToolsFieldProps) {
  const id = useId();
  const groups = useToolgroups();
  const tools = useTools();
  const error = groups.error ?? tools.error;
  const isThere = groups.data !== undefined && tools.data !== undefined;
  const all = isThere ? withTools(groups.data, tools.data) : [];
  const gone = isThere ? goneUses(uses, all) : [];
  return (
    <Box component="fieldset" aria-describedby={id} sx={FIELDSET}>
      <legend>{t("agents.tools")}</legend>
      <Box
        sx={{ display: "flex", flexWrap: "wrap", columnGap: 2, justifyContent: "space-between" }}
      >
        <FormHelperText id={id} error={problem !== undefined} sx={{ mt: 0 }}>
          {problem ?? t("agents.toolsHint")}
        </FormHelperText>
        <Link component={RouteLink} href={paths.tools} variant="body2">
          {t("agents.manageTools")}
        </Link>
      </Box>
      {error !== null && (
        <InlineAlert severity="error" title={t("tools.notLoaded")}>
          {reasonOf(error)}
        </InlineAlert>
      )}
      {isThere && all.length === 0 && (
        <Typography variant="body2">{t("agents.noTools")}</Typography>
      )}
      {all.length > 0 && (
        <Box sx={GROUPS}>
          {all.map((of) => (
            <ToolGroupChoice key={of.group.toolgroup_id} of={of} uses={uses} onChange={onChange} />
          ))}
        </Box>
      )}
      {gone.length > 0 && (
        <Box component="ul" aria-label={t("agents.goneTool")} sx={GONE}>
          {gone.map((name) => (
            <li key={name}>
              <Chip
                size="small"
                variant="outlined"
                label={`${name}: ${t("agents.goneTool")}`}
                onDelete={() => onChange(without(uses, name))}
              />
            </li>
          ))}
        </Box>
      )}
    </Box>
  );
}

const FIELDSET = {
  m: 0,
  p: 0,
  border: 0,
  minWidth: 0,
  display: "grid",
  gap: 1,
  "& > legend": { p: 0, mb: 0.5, fontSize: "0.875rem", fontWeight: 550 },
} as const;

const GROUPS = {
  border: 1,
  borderColor: "divider",
  borderRadius: "12px",
  bgcolor: "background.paper",
  "& > * + *": { borderTop: 1, borderColor: "divider" },
} as const;

const GONE = {
  display: "flex",
  flexWrap: "wrap",
  gap: 0.5,
  m: 0,
  p: 0,
  listStyle: "none",
} as const;
