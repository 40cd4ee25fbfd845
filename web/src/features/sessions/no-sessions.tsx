/** Why the list is empty, and what to do about it. */
import Button from "@mui/material/Button";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";

import { t } from "@/i18n";

import type { SessionView } from "./use-session-list";

interface NoSessionsProps {
  readonly view: SessionView;
  readonly onArchive: () => void;
}

export function NoSessions({ view: { q, tag, archived }, onArchive }: NoSessionsProps) {
  return (
    <Box sx={{ flex: 1, px: 2.5, py: 3, color: "text.secondary", overflowWrap: "anywhere" }}>
      <Typography variant="body2">{reason(q || tag, archived)}</Typography>
      {(q || tag) !== "" && !archived && (
        <Button size="small" onClick={onArchive} sx={{ mt: 1, marginInlineStart: -1 }}>
          {t("sessions.searchArchive")}
        </Button>
      )}
    </Box>
  );
}

function reason(words: string, archived: boolean): string {
  if (words !== "") return t("sessions.nothingFor", { words });
  return archived ? t("sessions.noneArchived") : t("sessions.none");
}
