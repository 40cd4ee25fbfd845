/** Words of what can be done with a session, and with several at once. */
import type { Messages } from "../messages";

export const sessions = {
  "sessions.rename": "Rename",
  "sessions.pin": "Pin",
  "sessions.unpin": "Unpin",
  "sessions.archive": "Archive",
  "sessions.unarchive": "Move out of the archive",
  "sessions.copyLink": "Copy link",
  "sessions.copyMarkdown": "Copy as Markdown",
  "sessions.copyJson": "Copy as JSON",
  "sessions.linkCopied": "Link copied",
  "sessions.markdownCopied": "Session copied as Markdown",
  "sessions.jsonCopied": "Session copied as JSON",
  "sessions.share": "Share…",
  "sessions.saveMarkdown": "Save as Markdown",
  "sessions.saveJson": "Save as JSON, with everything",
  "sessions.select": "Select",
  "sessions.more": "More sessions",
  "sessions.unread": "Unread",

  "export.you": "You",
  "export.agent": "Agent",
  "export.file": "Attached: {name}",

  "batch.bar": "Selected sessions",
  "batch.selected": { one: "{count} selected", other: "{count} selected" },
  "batch.spoken": {
    one: "{count} session selected. Esc leaves.",
    other: "{count} sessions selected. Esc leaves.",
  },
  "batch.left": "Nothing is selected",
  "batch.all": "All",
  "batch.allLabel": "Select all that are loaded",
  "batch.pin": "Pin",
  "batch.unpin": "Unpin",
  "batch.archive": "Archive",
  "batch.unarchive": "Move out of the archive",
  "batch.leave": "Leave the selection",
  "batch.done.pin": { one: "Pinned {count} session", other: "Pinned {count} sessions" },
  "batch.done.unpin": { one: "Unpinned {count} session", other: "Unpinned {count} sessions" },
  "batch.done.archive": { one: "Archived {count} session", other: "Archived {count} sessions" },
  "batch.done.unarchive": {
    one: "{count} session is out of the archive",
    other: "{count} sessions are out of the archive",
  },
  "batch.notDone": {
    one: "{count} session was not changed: {reason}",
    other: "{count} sessions were not changed: {reason}",
  },
  "batch.deleted": {
    one: "Deleted {count} session. {keys} brings it back.",
    other: "Deleted {count} sessions. {keys} brings them back.",
  },
} as const satisfies Messages;
