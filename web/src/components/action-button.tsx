/** A button that is an icon: its name is its tooltip, with the keys that do the same. */
import IconButton, { type IconButtonProps } from "@mui/material/IconButton";
import Tooltip, { type TooltipProps } from "@mui/material/Tooltip";
import type { ReactNode, Ref } from "react";

import { ariaKeys, type Shortcut, spokenKeys } from "./shortcuts";

interface ActionButtonProps extends Omit<IconButtonProps, "aria-label" | "children"> {
  readonly label: string;
  readonly icon: ReactNode;
  readonly shortcut?: Shortcut;
  readonly tooltip?: TooltipProps["placement"];
  readonly ref?: Ref<HTMLButtonElement>;
}

export function ActionButton({ label, icon, shortcut, tooltip, ...button }: ActionButtonProps) {
  const title = shortcut === undefined ? label : `${label} (${spokenKeys(shortcut)})`;
  return (
    <Tooltip title={title} placement={tooltip ?? "bottom"} describeChild>
      <IconButton
        size="small"
        color="inherit"
        {...button}
        aria-label={label}
        {...(shortcut !== undefined && { "aria-keyshortcuts": ariaKeys(shortcut) })}
      >
        {icon}
      </IconButton>
    </Tooltip>
  );
}
