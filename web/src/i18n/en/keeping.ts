/** Words of the trash, and of taking out and bringing in. */
import type { Messages } from "../messages";

export const keeping = {
  "trash.text": {
    one: "What was deleted stays here for {count} day and can be had back as it was. Then it goes for good.",
    other:
      "What was deleted stays here for {count} days and can be had back as it was. Then it goes for good.",
  },
  "trash.list": "Deleted sessions",
  "trash.none": "The trash is empty",
  "trash.noneText": "Sessions that you delete come here first.",
  "trash.noTrash": "This server has no trash: what is deleted is gone at once.",
  "trash.notLoaded": "The trash could not be loaded",
  "trash.deleted": "deleted {time}",
  "trash.left": {
    one: "goes for good in {count} day",
    other: "goes for good in {count} days",
  },
  "trash.leftToday": "goes for good within a day",
  "trash.restore": "Restore",
  "trash.restoreOf": "Restore: {name}, deleted {time}",
  "trash.restored": "“{name}” is back",
  "trash.open": "Open",
  "trash.notRestored": "“{name}” was not restored: {reason}",
  "trash.purge": "Delete for good",
  "trash.purgeOf": "Delete for good: {name}, deleted {time}",
  "trash.purgeTitle": "Delete “{name}” for good?",
  "trash.purgeText":
    "All that was said in it goes, and its files go with it. Nobody can bring it back.",
  "trash.purged": "“{name}” is gone",
  "trash.notPurged": "“{name}” is still here: {reason}",
  "trash.more": "Show more",

  "data.out": "Take out",
  "data.outText":
    "Everything that is yours as one archive: agents, sessions with all their branches, and files. It can be brought in here or elsewhere with nothing lost.",
  "data.outLook":
    "The instructions of your agents are in it. Credentials of tools are not, and neither is what lies in the trash.",
  "data.save": "Save everything",
  "data.saving": "The browser is saving tertulia.tar.gz",
  "data.one": "A single session is saved from its own menu: ⋯ in the list, or above it.",
  "data.in": "Bring in",
  "data.inText":
    "An archive (.tar.gz) or single sessions (.json) that were taken out of Tertulia. What is here already stays as it is.",
  "data.with": "Sessions come with",
  "data.ownAgent": "The agent they were with",
  "data.drop": "Drop files here",
  "data.choose": "Choose files",
  "data.reading": "Bringing in {name}",
  "data.stop": "Stop",
  "data.progress": "How much has been read",
  "data.came": {
    zero: "No session was brought in.",
    one: "{count} session was brought in.",
    other: "{count} sessions were brought in.",
  },
  "data.here": {
    one: "{count} was here already.",
    other: "{count} were here already.",
  },
  "data.stopped": "Stopped before the end: what came stays. Bring in the same file to go on.",
  "data.failed": {
    one: "{count} could not be brought in",
    other: "{count} could not be brought in",
  },
  "data.uploads": {
    one: "{count} file that no session uses was left out. The command “tertulia import” brings it in.",
    other:
      "{count} files that no session uses were left out. The command “tertulia import” brings them in.",
  },
  "data.sessions": "Sessions that came",
  "data.more": { one: "and {count} more", other: "and {count} more" },
  "data.problem": "{name}: {reason}",

  "data.bad.empty": "The file is empty.",
  "data.bad.folder": "This is a folder. Choose the files in it.",
  "data.bad.text": "This is neither a JSON file nor an archive.",
  "data.bad.foreign":
    "This was not taken out of Tertulia. What ChatGPT and Open WebUI export is brought in on the server, by the command “tertulia import”.",
  "data.bad.cut": "The archive ends before it should. Save it again.",
  "data.bad.archive": "This archive was not taken out of Tertulia.",
  "data.bad.large":
    "It has {size}, and this server takes up to {most} at once. The command “tertulia import” has no such bound.",
  "data.bad.agent": "Its agent could not be made here: {reason}",
} as const satisfies Messages;
