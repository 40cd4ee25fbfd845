/** In place of a turn that cannot be drawn: that it cannot, and what is in it all the same. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useState } from "react";

import type { Turn } from "@/api/types";
import { copyText } from "@/components/clipboard";
import { InlineAlert } from "@/components/inline-alert";
import { t } from "@/i18n/branches";
import { MONO } from "@/theme/theme";

interface Props {
  readonly turn: Turn;
  readonly error: unknown;
}

export function BrokenTurn({ turn, error }: Props) {
  const [isShown, setShown] = useState(false);
  const raw = JSON.stringify(turn, null, 2);
  return (
    <>
      <InlineAlert
        severity="error"
        title={t("turn.broken")}
        actions={
          <>
            <Button
              size="small"
              color="inherit"
              aria-expanded={isShown}
              onClick={() => setShown(!isShown)}
            >
              {t("branch.showRaw")}
            </Button>
            <Button
              size="small"
              color="inherit"
              onClick={() => void copyText(raw, t("turn.copied"))}
            >
              {t("branch.copyRaw")}
            </Button>
          </>
        }
      >
        {error instanceof Error ? error.message : null}
      </InlineAlert>
      {isShown && (
        <Box component="pre" role="region" tabIndex={0} aria-label={t("branch.raw")} sx={RAW}>
          {raw}
        </Box>
      )}
    </>
  );
}

const RAW = {
  m: 0,
  mt: 1,
  p: 1.5,
  maxHeight: "50dvh",
  overflow: "auto",
  fontFamily: MONO,
  fontSize: "0.8125rem",
  borderRadius: 1,
  bgcolor: "surface.raised",
  direction: "ltr",
} as const;
