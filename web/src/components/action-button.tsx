/** A button that is an icon: its name is its tooltip, with the keys that do the same. */
import IconButton, { type IconButtonProps } from "@mui/material/IconButton";
import type { ReactNode, Ref } from "react";
import { Link } from "wouter";

import { ariaKeys, type Shortcut, spokenKeys } from "./shortcuts";
import { usePreference } from "./use-preference";

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
  usePreference("keys"); // other keys, another tooltip
  const keys = shortcut && spokenKeys(shortcut);
  return (
    <IconButton
      size="small"
      color="inherit"
      data-tip={keys ? `${label} (${keys})` : label}
      data-tip-side={tooltip}
      {...button}
      {...(href !== undefined && { component: Link, href })}
      aria-keyshortcuts={shortcut && ariaKeys(shortcut)}
      aria-label={label}
    >
      {icon}
    </IconButton>
  );
}
