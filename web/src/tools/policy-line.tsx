/** What may be done with a tool, in a line: when a person is asked, and whether it may run twice. */
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";

import type { ToolInfo } from "@/api/types";
import { formatDuration } from "@/i18n";
import { t } from "@/i18n/tools";

export function PolicyLine({ tool }: { readonly tool: ToolInfo }) {
  const { policy, is_changed: isChanged } = tool;
  const words = [
    ...(policy.approval === "never" ? [] : [t(`tools.approval.${policy.approval}`)]),
    ...(policy.is_idempotent ? [t("tools.idempotent")] : []),
    ...(policy.timeout === null
      ? []
      : [t("tools.timeout", { duration: formatDuration(policy.timeout * 1000) })]),
  ];
  if (words.length === 0 && !isChanged) return null;
  return (
    <Box component="ul" aria-label={t("tools.policy")} sx={LINE}>
      {isChanged && <Chip component="li" size="small" color="warning" label={t("tools.changed")} />}
      {words.map((word) => (
        <li key={word}>{word}</li>
      ))}
    </Box>
  );
}

const LINE = {
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  columnGap: 0.75,
  m: 0,
  p: 0,
  listStyle: "none",
  typography: "caption",
  color: "text.secondary",
  "& li:not(:first-of-type)::before": { content: '"·"', marginInlineEnd: 0.75 },
} as const;
