/** A button that is an icon: its name is its tooltip, with the keys that do the same. */
import IconButton, { type IconButtonProps } from "@mui/material/IconButton";
import Tooltip, { type TooltipProps } from "@mui/material/Tooltip";
import type { ReactNode, Ref } from "react";
import { Link } from "wouter";

import { ariaKeys, type Shortcut, spokenKeys } from "./shortcuts";

interface ActionButtonProps extends Omit<IconButtonProps, "aria-label" | "children" | "href"> {
  readonly label: string;
  readonly icon: ReactNode;
  readonly shortcut?: Shortcut;
  readonly tooltip?: TooltipProps["placement"];
  /** An address of this page: the button is a link to it. */
  readonly href?: string;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function ActionButton({
  label,
  icon,
  shortcut,
  tooltip,
  href,
  ...button
}: ActionButtonProps) {
  const title = shortcut === undefined ? label : `${label} (${spokenKeys(shortcut)})`;
  return (
    <Tooltip title={title} placement={tooltip ?? "bottom"} describeChild={title !== label}>
      <IconButton
        size="small"
        color="inherit"
        {...button}
        {...(href !== undefined && { component: Link, href })}
        {...(shortcut !== undefined && { "aria-keyshortcuts": ariaKeys(shortcut) })}
        aria-label={label}
      >
        {icon}
      </IconButton>
    </Tooltip>
  );
}
