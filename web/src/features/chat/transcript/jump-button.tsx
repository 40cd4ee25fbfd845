/** Back to the end, and how much is new there. */
import Button from "@mui/material/Button";

import { t } from "@/i18n";
import { ArrowDownIcon } from "@/icons/icons";

interface Props {
  readonly unseen: number;
  readonly onClick: () => void;
}

export function JumpButton({ unseen, onClick }: Props) {
  return (
    <Button
      size="small"
      color="inherit"
      startIcon={<ArrowDownIcon />}
      onClick={onClick}
      sx={BUTTON}
    >
      {unseen === 0 ? t("transcript.jump") : t("transcript.new", { count: unseen })}
    </Button>
  );
}

const BUTTON = {
  position: "absolute",
  zIndex: 1,
  bottom: 12,
  insetInlineStart: "50%",
  translate: "-50%",
  borderRadius: 99,
  border: 1,
  borderColor: "divider",
  bgcolor: "background.paper",
  boxShadow: 4,
  "&:hover": { bgcolor: "surface.raised" },
  ":dir(rtl) &": { translate: "50%" },
} as const;
