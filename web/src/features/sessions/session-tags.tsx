/** The tags of the open session beside its name; a click narrows the list of sessions to those that have the tag, too. */
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import Typography from "@mui/material/Typography";

import type { Session } from "@/api/types";
import { t } from "@/i18n/sessions";

import { chooseTag } from "./chosen-tag";

/** The name stays what is seen first. */
const SHOWN = 3;

interface SessionTagsProps {
  readonly session: Session;
  /** The list is out of sight. */
  readonly onReveal: (() => void) | undefined;
}

export function SessionTags({ session, onReveal }: SessionTagsProps) {
  const { tags } = session;
  const rest = tags.slice(SHOWN);
  return (
    <Box role="group" aria-label={t("tags.ofSession")} sx={ROW}>
      {tags.slice(0, SHOWN).map((tag) => (
        <Chip
          key={tag}
          size="small"
          label={<bdi>{tag}</bdi>}
          title={t("tags.show", { tag })}
          onClick={() => {
            chooseTag(session.agent_id, tag);
            onReveal?.();
          }}
          sx={{ maxWidth: 140 }}
        />
      ))}
      {rest.length > 0 && (
        <Typography variant="caption" title={rest.join(", ")} sx={{ color: "text.secondary" }}>
          {t("tags.more", { count: rest.length })}
        </Typography>
      )}
    </Box>
  );
}

const ROW = {
  flex: "none",
  display: { xs: "none", md: "flex" },
  alignItems: "center",
  gap: 0.5,
  marginInlineStart: 1,
} as const;
