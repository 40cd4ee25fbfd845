/** All shortcuts, by what they are about, and which of them are as they are. */
import type { ShortcutName } from "@/components/shortcuts";

export const GROUPS = [
  {
    title: "shortcuts.sessions",
    names: [
      "newSession",
      "search",
      "previousSession",
      "nextSession",
      "renameSession",
      "deleteSession",
      "undo",
      "select",
      "selectTo",
      "selectAll",
    ],
  },
  {
    title: "shortcuts.turns",
    names: [
      "nextTurn",
      "previousTurn",
      "copyTurn",
      "retryTurn",
      "editTurn",
      "foldSteps",
      "previousBranch",
      "nextBranch",
      "approve",
      "deny",
    ],
  },
  {
    title: "shortcuts.talk",
    names: ["find", "firstTurn", "lastTurn", "copyAnswer", "copyCode"],
  },
  {
    title: "shortcuts.writing",
    names: ["focusComposer", "send", "newLine", "stop", "commands"],
  },
  { title: "shortcuts.page", names: ["toggleSidebar", "toggleInspector", "help", "helpCharacter"] },
] as const satisfies { title: string; names: readonly ShortcutName[] }[];

/** They are what such keys do in every list and every field, or have a setting of their own. */
export const FIXED: ReadonlySet<ShortcutName> = new Set<ShortcutName>([
  "select",
  "selectTo",
  "previousBranch",
  "nextBranch",
  "send",
  "newLine",
  "stop",
  "commands",
]);
