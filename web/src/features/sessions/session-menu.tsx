/** What can be done with one session: behind its ⋯, by a right click, and in the header. */
import Divider from "@mui/material/Divider";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import { Suspense, useState } from "react";

import type { Session } from "@/api/types";
import { Kbd } from "@/components/kbd";
import { late } from "@/components/late";
import { t } from "@/i18n/sessions";

import { itemsOf } from "./session-items";
import type { SessionActions } from "./use-session-actions";

const ShareDialog = late(async () => (await import("@/features/shares/share-dialog")).ShareDialog);

const TagsDialog = late(async () => (await import("./tags-dialog")).TagsDialog);

/** A button that the menu hangs on, or the point of a right click. */
export type MenuAnchor = HTMLElement | { readonly top: number; readonly left: number };

interface SessionMenuProps {
  readonly session: Session;
  readonly actions: SessionActions;
  /** Null: closed. */
  readonly anchor: MenuAnchor | null;
  readonly onClose: () => void;
  readonly onRename: () => void;
  /** Begin to choose sessions with this one; only a list can. */
  readonly onSelect?: () => void;
}

export function SessionMenu(props: SessionMenuProps) {
  const { session, anchor, onClose } = props;
  const [dialog, setDialog] = useState<"share" | "tags" | null>(null);
  const groups = itemsOf({
    ...props,
    onShare: () => setDialog("share"),
    onTag: () => setDialog("tags"),
  });
  if (dialog !== null)
    return (
      <Suspense>
        {dialog === "share" ? (
          <ShareDialog session={session} onClose={onClose} />
        ) : (
          <TagsDialog sessions={[session]} onClose={onClose} />
        )}
      </Suspense>
    );
  return (
    <Menu
      open={anchor !== null}
      onClose={onClose}
      {...(anchor === null || anchor instanceof HTMLElement
        ? { anchorEl: anchor }
        : { anchorReference: "anchorPosition" as const, anchorPosition: anchor })}
      slotProps={{ list: { "aria-label": t("sessions.menu", { name: session.session_name }) } }}
    >
      {groups.flatMap((items, group) => [
        ...(group > 0 ? [<Divider key={group} sx={{ my: 0.5 }} />] : []),
        ...items.map((item) => (
          <MenuItem
            key={item.key}
            onClick={() => {
              if (item.key !== "share" && item.key !== "tags") onClose();
              item.run();
            }}
            sx={{ color: item.key === "delete" ? "error.main" : "inherit" }}
          >
            {item.icon}
            {item.label}
            {item.shortcut !== undefined && (
              <span style={{ marginInlineStart: "auto" }}>
                <Kbd shortcut={item.shortcut} />
              </span>
            )}
          </MenuItem>
        )),
      ])}
    </Menu>
  );
}
