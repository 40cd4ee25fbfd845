/** What can be done by name: the ways through the page that the search lists beside what it finds. */
import { useLocation } from "wouter";

import { useAgents } from "@/api/queries";
import { agentName } from "@/components/agent-name";
import { paths } from "@/components/paths";
import { type Shortcut, SHORTCUTS } from "@/components/shortcuts";
import { t } from "@/i18n/search";

export interface Command {
  readonly key: string;
  readonly label: string;
  readonly shortcut?: Shortcut;
  readonly run: () => void;
}

/** What the frame can be told. */
export interface FrameCommands {
  readonly toggleSidebar: () => void;
  readonly showShortcuts: () => void;
}

/** Without words only the few that are wanted most. */
const SHOWN_AT_FIRST = 3;
const MOST = 5;

export function useCommands(
  agentId: string | null,
  frame: FrameCommands,
  text: string,
): readonly Command[] {
  const [, navigate] = useLocation();
  const { data: agents = [] } = useAgents();
  const go = (key: string, label: string, href: string): Command => ({
    key,
    label,
    run: () => navigate(href),
  });
  const all: readonly Command[] = [
    {
      ...go("new", t("command.newSession"), agentId === null ? paths.home : paths.agent(agentId)),
      shortcut: SHORTCUTS.newSession,
    },
    go("settings", t("command.settings"), paths.settings),
    {
      key: "shortcuts",
      label: t("command.shortcuts"),
      shortcut: SHORTCUTS.help,
      run: frame.showShortcuts,
    },
    {
      key: "sidebar",
      label: t("command.sidebar"),
      shortcut: SHORTCUTS.toggleSidebar,
      run: frame.toggleSidebar,
    },
    go("agents", t("command.agents"), paths.agents),
    go("newAgent", t("command.newAgent"), paths.newAgent),
    go("models", t("command.models"), paths.models),
    go("tools", t("command.tools"), paths.tools),
    go("trash", t("command.trash"), paths.trash),
    go("data", t("command.data"), paths.data),
    ...agents.map((agent) =>
      go(
        agent.agent_id,
        t("command.openAgent", { name: agentName(agent) }),
        paths.agent(agent.agent_id),
      ),
    ),
  ];
  return fitting(all, text);
}

/** The commands that have all words, each at the beginning of one of theirs. */
export function fitting(commands: readonly Command[], text: string): readonly Command[] {
  const wanted = wordsOf(text);
  if (wanted.length === 0) return commands.slice(0, SHOWN_AT_FIRST);
  const fits = ({ label }: Command) => {
    const words = wordsOf(label);
    return wanted.every((part) => words.some((word) => word.startsWith(part)));
  };
  return commands.filter(fits).slice(0, MOST);
}

const wordsOf = (text: string) => text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
