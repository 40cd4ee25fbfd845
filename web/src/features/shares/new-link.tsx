/** A link that was just made: its secret is in sight this once. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import InputBase from "@mui/material/InputBase";
import Typography from "@mui/material/Typography";
import { useId } from "react";

import type { NewShare } from "@/api/types";
import { copyText } from "@/components/clipboard";
import { t } from "@/i18n/shares";
import { CopyIcon } from "@/icons/icons";

interface Props {
  readonly share: NewShare;
  readonly onAnother: () => void;
}

export function NewLink({ share, onAnother }: Props) {
  const id = useId();
  const link = location.origin + share.url;
  return (
    <Box sx={PANEL}>
      <Typography id={id} variant="subtitle2" component="h3">
        {t("share.link")}
      </Typography>
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1 }}>
        <InputBase
          readOnly
          value={link}
          inputRef={selectWhenShown}
          onFocus={(focus) => focus.target.select()}
          slotProps={{ input: { "aria-labelledby": id, dir: "ltr" } }}
          sx={LINK}
        />
        <Button
          variant="contained"
          startIcon={<CopyIcon />}
          onClick={() => void copyText(link, t("share.copied"))}
        >
          {t("share.copyLink")}
        </Button>
      </Box>
      <Typography variant="caption" sx={{ color: "text.secondary" }}>
        {t("share.once")}
      </Typography>
      <Box>
        <Button size="small" color="inherit" onClick={onAnother} sx={{ marginInlineStart: -1 }}>
          {t("share.another")}
        </Button>
      </Box>
    </Box>
  );
}

const selectWhenShown = (field: HTMLInputElement | null) => field?.focus();

const PANEL = {
  display: "grid",
  gap: 1,
  p: 2,
  borderRadius: "12px",
  bgcolor: "surface.raised",
} as const;

const LINK = {
  flex: "1 1 16rem",
  minWidth: 0,
  px: 1.5,
  border: 1,
  borderColor: "surface.outline",
  borderRadius: "8px",
  bgcolor: "background.paper",
  typography: "body2",
  "& input": { textOverflow: "ellipsis" },
} as const;
