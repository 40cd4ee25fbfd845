/** What can be done with one session: behind its ⋯, by a right click, and in the header. */
import Divider from "@mui/material/Divider";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import { lazy, type ReactNode, Suspense, useState } from "react";

import type { Session } from "@/api/types";
import { exportAddress } from "@/api/transfer-client";
import { copyText } from "@/components/clipboard";
import { Kbd } from "@/components/kbd";
import { paths } from "@/components/paths";
import { save } from "@/components/save";
import { type Shortcut, SHORTCUTS } from "@/components/shortcuts";
import { t } from "@/i18n/sessions";
import {
  ArchiveIcon,
  CheckIcon,
  CopyIcon,
  DeleteIcon,
  DownloadIcon,
  EditIcon,
  LinkIcon,
  PinIcon,
  ShareIcon,
  UnarchiveIcon,
  UnpinIcon,
} from "@/icons/icons";

import { sessionAsJson, sessionAsMarkdown } from "./session-text";
import type { SessionActions } from "./use-session-actions";

const ShareDialog = lazy(async () => ({
  default: (await import("@/features/shares/share-dialog")).ShareDialog,
}));

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

interface Item {
  readonly key: string;
  readonly label: string;
  readonly icon: ReactNode;
  readonly run: () => void;
  readonly shortcut?: Shortcut;
}

export function SessionMenu(props: SessionMenuProps) {
  const { session, anchor, onClose } = props;
  const [isSharing, setSharing] = useState(false);
  const share = () => setSharing(true);
  const groups = [changes(props), copies(session, share), files(session), removal(props)];
  if (isSharing)
    return (
      <Suspense>
        <ShareDialog session={session} onClose={onClose} />
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
              if (item.key !== "share") onClose();
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

const icon = (Icon: typeof PinIcon) => <Icon sx={{ fontSize: 18 }} />;

function changes({ session, actions, onRename, onSelect }: SessionMenuProps): readonly Item[] {
  const { pinned, archived } = session;
  return [
    {
      key: "rename",
      label: t("sessions.rename"),
      icon: icon(EditIcon),
      run: onRename,
      shortcut: SHORTCUTS.renameSession,
    },
    {
      key: "pin",
      label: pinned ? t("sessions.unpin") : t("sessions.pin"),
      icon: icon(pinned ? UnpinIcon : PinIcon),
      run: () => actions.pin(session, !pinned),
    },
    {
      key: "archive",
      label: archived ? t("sessions.unarchive") : t("sessions.archive"),
      icon: icon(archived ? UnarchiveIcon : ArchiveIcon),
      run: () => actions.archive(session, !archived),
    },
    ...(onSelect === undefined
      ? []
      : [
          {
            key: "select",
            label: t("sessions.select"),
            icon: icon(CheckIcon),
            run: onSelect,
            shortcut: SHORTCUTS.select,
          },
        ]),
  ];
}

function copies(session: Session, share: () => void): readonly Item[] {
  const link = () => location.origin + paths.session(session.agent_id, session.session_id);
  return [
    { key: "share", label: t("sessions.share"), icon: icon(ShareIcon), run: share },
    {
      key: "link",
      label: t("sessions.copyLink"),
      icon: icon(LinkIcon),
      run: () => void copyText(link(), t("sessions.linkCopied")),
    },
    {
      key: "markdown",
      label: t("sessions.copyMarkdown"),
      icon: icon(CopyIcon),
      run: () => void copyText(sessionAsMarkdown(session), t("sessions.markdownCopied")),
    },
    {
      key: "json",
      label: t("sessions.copyJson"),
      icon: icon(CopyIcon),
      run: () => void copyText(sessionAsJson(session), t("sessions.jsonCopied")),
    },
  ];
}

function files(session: Session): readonly Item[] {
  return [
    {
      key: "save markdown",
      label: t("sessions.saveMarkdown"),
      icon: icon(DownloadIcon),
      run: () => save(exportAddress(session, "markdown")),
    },
    {
      key: "save json",
      label: t("sessions.saveJson"),
      icon: icon(DownloadIcon),
      run: () => save(exportAddress(session, "json")),
    },
  ];
}

function removal({ session, actions }: SessionMenuProps): readonly Item[] {
  return [
    {
      key: "delete",
      label: t("action.delete"),
      icon: icon(DeleteIcon),
      run: () => actions.remove(session),
    },
  ];
}
