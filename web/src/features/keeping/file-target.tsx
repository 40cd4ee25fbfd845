/** Where files can be dropped. It says so as soon as some are carried over it; one that misses opens nothing. */
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { type DragEvent, type ReactNode, useState } from "react";

import { t } from "@/i18n/keeping";
import { DownloadIcon } from "@/icons/icons";

interface FileTargetProps {
  readonly onFiles: (files: readonly File[]) => void;
  /** The other way to choose them. */
  readonly children: ReactNode;
}

export function FileTarget({ onFiles, children }: FileTargetProps) {
  const [isOver, setOver] = useState(false);
  const over = (drag: DragEvent) => {
    drag.preventDefault();
    setOver(true);
  };
  const drop = (drag: DragEvent) => {
    drag.preventDefault();
    setOver(false);
    onFiles([...drag.dataTransfer.files]);
  };
  return (
    <Box
      onDragEnter={over}
      onDragOver={over}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      sx={[TARGET, isOver && OVER]}
    >
      <DownloadIcon sx={{ fontSize: 28, color: "text.secondary" }} />
      <Typography variant="body2" sx={{ "@media (hover: none)": { display: "none" } }}>
        {t("data.drop")}
      </Typography>
      {children}
    </Box>
  );
}

const TARGET = {
  width: 1,
  display: "grid",
  justifyItems: "center",
  gap: 1,
  p: 3,
  border: "1.5px dashed",
  borderColor: "surface.outline",
  borderRadius: "12px",
} as const;

const OVER = {
  borderColor: "primary.main",
  bgcolor: "rgb(var(--t-palette-primary-mainChannel) / 0.08)",
} as const;
