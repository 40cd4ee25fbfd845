/**
 * One session in the list: its name opens it; ⋯, a right click, F2 and Delete do the rest. Space, Ctrl or Shift with a
 * click begin a selection; once there is one, a click is enough.
 */
import Box from "@mui/material/Box";
import { type KeyboardEvent, memo, type MouseEvent, useRef, useState } from "react";

import type { Session } from "@/api/types";
import { ActionButton } from "@/components/action-button";
import { matches, SHORTCUTS } from "@/components/shortcuts";
import { InlineEdit } from "@/components/inline-edit";
import { t } from "@/i18n";
import { MoreIcon } from "@/icons/icons";

import { LazySessionMenu, preloadSessionMenu } from "./lazy-session-menu";
import { SessionLink } from "./session-link";
import type { MenuAnchor } from "./session-menu";
import type { Selection } from "./use-selection";
import type { SessionActions } from "./use-session-actions";

interface SessionRowProps {
  readonly session: Session;
  readonly actions: SessionActions;
  readonly isOpen: boolean;
  /** The one row of the list that Tab stops at. */
  readonly isTabStop: boolean;
  /** Null: nothing is being chosen. */
  readonly isChosen: boolean | null;
  readonly choosing: Pick<Selection, "toggle" | "extendTo">;
}

export const SessionRow = memo(function SessionRow(props: SessionRowProps) {
  const { session, actions, isOpen, isTabStop, isChosen, choosing } = props;
  const isSelecting = isChosen !== null;
  const id = session.session_id;
  const [isRenaming, setRenaming] = useState(false);
  const [anchor, setAnchor] = useState<MenuAnchor | null>(null);
  const wantsFocus = useRef(false);

  if (isRenaming)
    return (
      <Box sx={{ px: 1, py: 0.5, typography: "body2" }}>
        <InlineEdit
          label={t("sessions.name")}
          value={session.session_name}
          onCommit={(name) => actions.rename(session, name)}
          onDone={(givesFocusBack) => {
            wantsFocus.current = givesFocusBack;
            setRenaming(false);
          }}
        />
      </Box>
    );

  const onKeyDown = (press: KeyboardEvent) => {
    if (matches(press, SHORTCUTS.renameSession)) setRenaming(true);
    else if (press.key === " ") choosing.toggle(id);
    else if (matches(press, SHORTCUTS.deleteSession) && !isSelecting) actions.remove(session);
    else return;
    press.preventDefault();
  };
  // Before the link hears of it: that opens another tab for some of these.
  const onClickCapture = (click: MouseEvent) => {
    if (!(click.target instanceof Element) || click.target.closest("a") === null) return;
    if (click.shiftKey) choosing.extendTo(id);
    else if (click.ctrlKey || click.metaKey || isSelecting) choosing.toggle(id);
    else return;
    click.preventDefault();
  };
  const onContextMenu = (click: MouseEvent) => {
    click.preventDefault();
    setAnchor({ top: click.clientY, left: click.clientX });
  };
  const focusIfWanted = (link: HTMLElement | null) => {
    if (link === null || !wantsFocus.current) return;
    wantsFocus.current = false;
    link.focus();
  };

  return (
    <Box sx={ROW} onContextMenu={onContextMenu} onClickCapture={onClickCapture}>
      <SessionLink
        session={session}
        isOpen={isOpen}
        isTabStop={isTabStop}
        isChosen={isChosen}
        onKeyDown={onKeyDown}
        linkRef={focusIfWanted}
      />
      <ActionButton
        className="row-actions"
        label={t("sessions.menu", { name: session.session_name })}
        icon={<MoreIcon sx={{ fontSize: 18 }} />}
        tabIndex={isTabStop ? 0 : -1}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onPointerEnter={preloadSessionMenu}
        onClick={(click) => setAnchor(click.currentTarget)}
      />
      {anchor !== null && (
        <LazySessionMenu
          session={session}
          actions={actions}
          anchor={anchor}
          onClose={() => setAnchor(null)}
          onRename={() => setRenaming(true)}
          onSelect={() => choosing.toggle(id)}
        />
      )}
    </Box>
  );
});

const ROW = {
  position: "relative",
  "& .row-actions": {
    position: "absolute",
    insetInlineEnd: 4,
    top: "calc(50% - 14px)",
    opacity: 0,
  },
  "&:hover, &:focus-within": { "& .row-actions": { opacity: 1 }, "& .row-time": { opacity: 0 } },
  // A finger cannot hover: what it can do is always there.
  "@media (hover: none)": {
    "& .row-actions": { opacity: 1, top: "calc(50% - 20px)", p: 1.25 },
    "& .row-time": { display: "none" },
    "& > a": { minHeight: 44, paddingInlineEnd: 5 },
  },
} as const;
