/** The tags that an agent's sessions have: each narrows the list to those that have it, and a second time to none. */
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";

import { hasTag } from "@/api/pages";
import { t } from "@/i18n/sessions";

import { chooseTag } from "./chosen-tag";
import { sole, useTagsInUse } from "./tags";

/** More would be another list. */
const MOST = 12;

interface TagBarProps {
  readonly agentId: string;
  /** Empty: none. */
  readonly chosen: string;
}

export function TagBar({ agentId, chosen }: TagBarProps) {
  const used = useTagsInUse(agentId).slice(0, MOST);
  const tags = chosen === "" ? used : sole([...used, chosen]);
  return (
    <Box role="group" aria-label={t("tags.filter")} sx={BAR}>
      {tags.map((tag) => {
        const isChosen = hasTag([tag], chosen);
        return (
          <Chip
            key={tag}
            size="small"
            label={<bdi>{tag}</bdi>}
            aria-pressed={isChosen}
            color={isChosen ? "primary" : "default"}
            onClick={() => chooseTag(agentId, isChosen ? null : tag)}
            sx={{ flex: "none" }}
          />
        );
      })}
    </Box>
  );
}

const BAR = {
  flex: "none",
  display: "flex",
  gap: 0.5,
  px: 1.5,
  py: 0.5,
  overflowX: "auto",
  scrollbarWidth: "none",
  // A chip that has the focus shows all of its edge.
  scrollPaddingInline: 12,
  "@media (pointer: coarse)": { "& .MuiChip-root": { height: 32 } },
} as const;
