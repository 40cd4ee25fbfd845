/** A line that unfolds. What is folded away is not rendered, so it costs nothing. */
import Box from "@mui/material/Box";
import ButtonBase from "@mui/material/ButtonBase";
import { type ReactNode, useId, useState } from "react";

import { ChevronRightIcon } from "@/icons/icons";

interface DisclosureProps {
  /** The line; it is the button's name too. */
  readonly summary: ReactNode;
  readonly children: ReactNode;
  readonly defaultExpanded?: boolean;
  /** With `onToggle`: the parent decides. */
  readonly expanded?: boolean;
  readonly onToggle?: (expanded: boolean) => void;
}

export function Disclosure(props: DisclosureProps) {
  const { summary, children, defaultExpanded = false, expanded, onToggle } = props;
  const [own, setOwn] = useState(defaultExpanded);
  const id = useId();
  const isOpen = expanded ?? own;
  const toggle = () => {
    setOwn(!isOpen);
    onToggle?.(!isOpen);
  };
  return (
    <Box sx={{ minWidth: 0 }}>
      <ButtonBase
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={toggle}
        sx={SUMMARY}
      >
        {summary}
        <ChevronRightIcon sx={isOpen ? OPEN : CHEVRON} />
      </ButtonBase>
      {isOpen && <div id={id}>{children}</div>}
    </Box>
  );
}

const SUMMARY = {
  maxWidth: "100%",
  minHeight: 28,
  gap: 0.75,
  px: 0.75,
  marginInlineStart: -0.75,
  borderRadius: "8px",
  justifyContent: "flex-start",
  textAlign: "start",
  typography: "body2",
  color: "text.secondary",
  "&:hover": { color: "text.primary" },
  "@media (pointer: coarse)": { minHeight: 44 },
} as const;

const CHEVRON = { fontSize: 16, flex: "none", transition: "rotate 120ms" } as const;
const OPEN = { ...CHEVRON, rotate: "90deg", ":dir(rtl) > &": { rotate: "-90deg" } } as const;
