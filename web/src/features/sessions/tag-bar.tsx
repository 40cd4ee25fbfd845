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
            variant={isChosen ? "filled" : "outlined"}
            onClick={() => chooseTag(agentId, isChosen ? null : tag)}
            sx={{ flex: "none", maxWidth: "100%" }}
          />
        );
      })}
    </Box>
  );
}

/** A mouse has no way to the side: they take more lines then, and a finger pushes one line along. */
const BAR = {
  flex: "none",
  display: "flex",
  flexWrap: "wrap",
  gap: 0.5,
  maxHeight: 96,
  px: 1.5,
  py: 0.5,
  overflow: "auto",
  scrollbarWidth: "none",
  // A chip that has the focus shows all of its edge.
  scrollPadding: 12,
  "@media (pointer: coarse)": {
    flexWrap: "nowrap",
    maskImage:
      "linear-gradient(to right, transparent, #000 12px, #000 calc(100% - 24px), transparent)",
    "& .MuiChip-root": { height: 32 },
  },
} as const;
