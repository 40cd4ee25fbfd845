/** A button that is an icon: its name is its tooltip, with the keys that do the same. */
import IconButton, { type IconButtonProps } from "@mui/material/IconButton";
import type { ReactNode, Ref } from "react";
import { Link } from "wouter";

import { ariaKeys, type Shortcut, spokenKeys } from "./shortcuts";

interface ActionButtonProps extends Omit<IconButtonProps, "aria-label" | "children" | "href"> {
  readonly label: string;
  readonly icon: ReactNode;
  readonly shortcut?: Shortcut;
  /** Where its tooltip stands if there is room. */
  readonly tooltip?: "top" | "bottom";
  /** An address of this page: the button is a link to it. */
  readonly href?: string;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function ActionButton(props: ActionButtonProps) {
  const { label, icon, shortcut, tooltip = "bottom", href, ...button } = props;
  return (
    <IconButton
      size="small"
      color="inherit"
      data-tip={shortcut === undefined ? label : `${label} (${spokenKeys(shortcut)})`}
      data-tip-side={tooltip}
      {...button}
      {...(href !== undefined && { component: Link, href })}
      {...(shortcut !== undefined && { "aria-keyshortcuts": ariaKeys(shortcut) })}
      aria-label={label}
    >
      {icon}
    </IconButton>
  );
}
