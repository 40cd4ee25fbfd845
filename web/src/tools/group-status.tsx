/** How a group of tools is: ready, changed since it was accepted, or silent. */
import Chip from "@mui/material/Chip";

import type { Toolgroup } from "@/api/types";
import { t } from "@/i18n/tools";

const TONES = { ready: "success", changed: "warning", unreachable: "error" } as const;

export function GroupStatus({ status }: { readonly status: Toolgroup["status"] }) {
  return (
    <Chip
      size="small"
      variant="outlined"
      color={TONES[status]}
      label={t(`tools.status.${status}`)}
    />
  );
}
