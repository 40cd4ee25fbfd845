/** What may be done with a tool, in a few words: when a person is asked, and whether it may run twice. */
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";

import type { ToolInfo } from "@/api/types";
import { formatDuration } from "@/i18n";
import { t } from "@/i18n/tools";

export function PolicyChips({ tool }: { readonly tool: ToolInfo }) {
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
    <Box component="ul" aria-label={t("tools.policy")} sx={CHIPS}>
      {isChanged && <Chip component="li" size="small" color="warning" label={t("tools.changed")} />}
      {words.map((word) => (
        <Chip key={word} component="li" size="small" variant="outlined" label={word} />
      ))}
    </Box>
  );
}

const CHIPS = {
  display: "flex",
  flexWrap: "wrap",
  gap: 0.5,
  m: 0,
  mt: 0.5,
  p: 0,
  listStyle: "none",
} as const;
