/** The composer's buttons: attach, and send or stop. */
import Box from "@mui/material/Box";
import { type ChangeEvent, useRef } from "react";

import { ActionButton } from "@/components/action-button";
import { SHORTCUTS } from "@/components/shortcuts";
import { useShortcut } from "@/components/use-shortcut";
import { t } from "@/i18n";
import { AttachIcon, EditIcon, SendIcon, StopIcon } from "@/icons/icons";

import { preloadAttachmentChips } from "./lazy-attachment-chips";

interface Props {
  readonly isEmpty: boolean;
  readonly isBusy: boolean;
  readonly isStopping: boolean;
  readonly takesBack: boolean;
  readonly onAttach: (files: readonly File[]) => void;
  readonly onSend: () => void;
  readonly onStop: () => void;
}

export function ComposerBar({ isEmpty, isBusy, onAttach, onSend, ...stopping }: Props) {
  return (
    <Box sx={{ display: "flex", alignItems: "center", justifyContent: "space-between" }}>
      <AttachButton onAttach={onAttach} />
      {isBusy && isEmpty ? (
        <StopButton {...stopping} />
      ) : (
        <ActionButton
          label={isBusy ? t("composer.enqueue") : t("composer.send")}
          icon={<SendIcon sx={ICON} />}
          tooltip="top"
          disabled={isEmpty}
          onClick={onSend}
          sx={ROUND}
        />
      )}
    </Box>
  );
}

type StopProps = Pick<Props, "isStopping" | "takesBack" | "onStop">;

function StopButton({ isStopping, takesBack, onStop }: StopProps) {
  useShortcut(SHORTCUTS.stop, onStop);
  return (
    <ActionButton
      label={t(`composer.${isStopping ? "stopping" : takesBack ? "takeBack" : "stop"}`)}
      icon={takesBack ? <EditIcon sx={ICON} /> : <StopIcon sx={ICON} />}
      tooltip="top"
      shortcut={SHORTCUTS.stop}
      loading={isStopping}
      onClick={onStop}
      sx={ROUND}
    />
  );
}

/** Any file can be chosen: systems call text by too many names, and a refusal can say why. */
function AttachButton({ onAttach }: Pick<Props, "onAttach">) {
  const chooser = useRef<HTMLInputElement>(null);
  const onChange = ({ target }: ChangeEvent<HTMLInputElement>) => {
    onAttach([...(target.files ?? [])]);
    target.value = ""; // the same file may be chosen again
  };
  return (
    <>
      <ActionButton
        label={t("attach.add")}
        icon={<AttachIcon sx={ICON} />}
        tooltip="top"
        onClick={() => {
          preloadAttachmentChips();
          chooser.current?.click();
        }}
        sx={{ color: "text.secondary", ...TOUCH }}
      />
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        aria-label={t("attach.add")}
        onChange={onChange}
      />
    </>
  );
}

const ICON = { fontSize: 20 } as const;

const TOUCH = {
  width: 36,
  height: 36,
  "@media (pointer: coarse)": { width: 44, height: 44 },
} as const;

const ROUND = {
  ...TOUCH,
  borderRadius: "50%",
  color: "primary.contrastText",
  bgcolor: "primary.main",
  "&:hover": { bgcolor: "primary.dark" },
  "&.Mui-disabled": { color: "text.secondary", bgcolor: "surface.raised" },
} as const;
