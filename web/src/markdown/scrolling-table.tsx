/** A table as wide as it wants to be, in a frame that scrolls, by keyboard too. */
import Box from "@mui/material/Box";
import type { ComponentProps } from "react";

import { t } from "@/i18n";

export function ScrollingTable({ children, dir }: ComponentProps<"table">) {
  return (
    <Box role="region" aria-label={t("markdown.table")} tabIndex={0} sx={{ overflowX: "auto" }}>
      <table dir={dir}>{children}</table>
    </Box>
  );
}
