/** A tool as lists show it: its name, what it does, what may be done with it, and a way to try it. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { type ReactNode, Suspense, useState } from "react";

import type { ToolInfo } from "@/api/types";
import { late } from "@/components/late";
import { t } from "@/i18n/tools";
import { MONO } from "@/theme/theme";

import { PolicyLine } from "./policy-line";
import { ownName } from "./tool-groups";

const TryTool = late(async () => (await import("./try-tool")).TryTool);

interface Props {
  readonly tool: ToolInfo;
  /** Before its name, such as a box to choose it; `label` is then its business. */
  readonly choice?: ReactNode;
}

export function ToolRow({ tool, choice }: Props) {
  const [isTried, setTried] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const name = ownName(tool);
  return (
    <Box component="li" sx={ROW}>
      {choice}
      <Box sx={{ flex: "1 1 12rem", minWidth: 0, overflowWrap: "anywhere" }}>
        <Typography sx={{ fontFamily: MONO, fontSize: "0.8125rem", fontWeight: 600 }}>
          {name}
        </Typography>
        {tool.description !== "" && (
          <Typography variant="body2" sx={DESCRIPTION} title={tool.description}>
            {tool.description}
          </Typography>
        )}
        <PolicyLine tool={tool} />
      </Box>
      <Button
        size="small"
        variant="outlined"
        color="inherit"
        aria-label={t("tools.tryNamed", { name })}
        onClick={() => {
          setTried(true);
          setOpen(true);
        }}
      >
        {t("tools.try")}
      </Button>
      {isTried && (
        <Suspense>
          <TryTool tool={tool} open={isOpen} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </Box>
  );
}

const ROW = {
  display: "flex",
  flexWrap: "wrap",
  alignItems: "flex-start",
  columnGap: 1,
  rowGap: 0.5,
  py: 1,
  "& + &": { borderTop: 1, borderColor: "divider" },
} as const;

const DESCRIPTION = {
  color: "text.secondary",
  display: "-webkit-box",
  WebkitBoxOrient: "vertical",
  WebkitLineClamp: 2,
  overflow: "hidden",
} as const;
