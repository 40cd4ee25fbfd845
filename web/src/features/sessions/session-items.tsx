/** What can be done with one session, by kinds: for its menu, and for the list of commands. */
import type { ReactNode } from "react";

import type { Session } from "@/api/types";
import { exportAddress } from "@/api/transfer-client";
import { copyText } from "@/components/clipboard";
import { paths } from "@/components/paths";
import { save } from "@/components/save";
import { type Shortcut, SHORTCUTS } from "@/components/shortcuts";
import { t } from "@/i18n/sessions";
import {
  ArchiveIcon,
  BranchIcon,
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
import { TagIcon } from "@/icons/tag-icon";

import { duplicate } from "./duplicate";
import { sessionAsJson, sessionAsMarkdown } from "./session-text";
import type { SessionActions } from "./use-session-actions";

export interface SessionItem {
  readonly key: string;
  readonly label: string;
  readonly icon: ReactNode;
  readonly run: () => void;
  readonly shortcut?: Shortcut;
}

interface Doing {
  readonly session: Session;
  readonly actions: SessionActions;
  readonly onRename: () => void;
  readonly onShare: () => void;
  readonly onTag: () => void;
  /** Begin to choose sessions with this one; only a list can. */
  readonly onSelect?: () => void;
}

export const itemsOf = (doing: Doing): readonly (readonly SessionItem[])[] => [
  changes(doing),
  copies(doing),
  files(doing),
  removal(doing),
];

const icon = (Icon: typeof PinIcon) => <Icon sx={{ fontSize: 18 }} />;

function changes({ session, actions, onRename, onTag, onSelect }: Doing): readonly SessionItem[] {
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
    { key: "tags", label: t("tags.open"), icon: icon(TagIcon), run: onTag },
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

function copies({ session, onShare }: Doing): readonly SessionItem[] {
  const link = () => location.origin + paths.session(session.agent_id, session.session_id);
  return [
    { key: "share", label: t("sessions.share"), icon: icon(ShareIcon), run: onShare },
    {
      key: "duplicate",
      label: t("sessions.duplicate"),
      icon: icon(BranchIcon),
      run: () => void duplicate(session),
    },
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

function files({ session }: Doing): readonly SessionItem[] {
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

function removal({ session, actions }: Doing): readonly SessionItem[] {
  return [
    {
      key: "delete",
      label: t("action.delete"),
      icon: icon(DeleteIcon),
      run: () => actions.remove(session),
    },
  ];
}
