/**
 * Every command of the page: those of the talk that is open, those of its session, and the ways to other pages.
 *
 * The rule it keeps: there is one list, whoever shows it; what has a shortcut does what its keys do.
 */
import { useLocation } from "wouter";

import { useAccount } from "@/api/account-queries";
import { useAgents, useSession } from "@/api/queries";
import type { Session } from "@/api/types";
import { agentName } from "@/components/agent-name";
import { type Offered, offerOf } from "@/components/offers";
import { paths } from "@/components/paths";
import { type Shortcut, SHORTCUTS } from "@/components/shortcuts";
import type { Command } from "@/features/search/commands";
import { itemsOf } from "@/features/sessions/session-items";
import { isLedTo } from "@/features/settings/sections";
import { useSessionActions } from "@/features/sessions/use-session-actions";
import { t } from "@/i18n/search";

import { usePlace } from "../place";

export interface Commands {
  /** Of the talk and its session; none where none is open. */
  readonly ofTalk: readonly Command[];
  readonly ofPage: readonly Command[];
}

export function useCommands(agentId: string | null): Commands {
  const [, navigate] = useLocation();
  const { data: agents = [] } = useAgents();
  const { data: account } = useAccount();
  const ofSession = useOfSession();
  const go = (name: Page, href: string): Command => ({
    ...called(name),
    run: () => navigate(href),
  });
  const newSession = agentId === null ? paths.home : paths.agent(agentId);
  return {
    ofTalk: [...TALK.flatMap(offeredAs), ...ofSession],
    ofPage: [
      { ...go("newSession", newSession), shortcut: SHORTCUTS.newSession },
      go("settings", paths.settings),
      ...FRAME.flatMap(offeredAs),
      go("agents", paths.agents),
      go("newAgent", paths.newAgent),
      go("models", paths.models),
      go("tools", paths.tools),
      go("shares", paths.shares),
      go("trash", paths.trash),
      go("data", paths.data),
      ...OTHERS.flatMap((name) => (isLedTo(paths[name], account) ? [go(name, paths[name])] : [])),
      ...agents.map((agent) => ({
        key: agent.agent_id,
        label: t("command.openAgent", { name: agentName(agent) }),
        run: () => navigate(paths.agent(agent.agent_id)),
      })),
    ],
  };
}

/** Some of which are not for everybody. */
const OTHERS = ["account", "users", "server", "about"] as const;

type Page =
  | "newSession"
  | "settings"
  | "agents"
  | "newAgent"
  | "models"
  | "tools"
  | "shares"
  | "trash"
  | "data"
  | (typeof OTHERS)[number];

const TALK = [
  ["stop", SHORTCUTS.stop],
  ["retry", "retry"],
  ["edit", "edit"],
  ["find", SHORTCUTS.find],
  ["copyAnswer", SHORTCUTS.copyAnswer],
  ["copyCode", SHORTCUTS.copyCode],
  ["firstTurn", SHORTCUTS.firstTurn],
  ["lastTurn", SHORTCUTS.lastTurn],
  ["rename", SHORTCUTS.renameSession],
  ["share", "share"],
  ["inspector", SHORTCUTS.toggleInspector],
] as const;
const FRAME = [
  ["shortcuts", SHORTCUTS.help],
  ["sidebar", SHORTCUTS.toggleSidebar],
] as const;

type Done = (typeof TALK | typeof FRAME)[number];

const called = (name: Page | Done[0]) => ({
  key: name,
  label: t(`command.${name}`),
  also: t(`command.${name}.also`),
});

/** A command for what is offered at this moment. */
function offeredAs([name, of]: Done): readonly Command[] {
  if (offerOf(of) === undefined) return [];
  const shortcut = keysOf(of);
  return [{ ...called(name), shortcut, run: () => offerOf(of)?.() }];
}

const keysOf = (of: Offered): Shortcut | undefined => (typeof of === "string" ? undefined : of);

/** What the open session's menu has, but for what there is a command for already. */
function useOfSession(): readonly Command[] {
  const { agentId, sessionId } = usePlace();
  const { data: session } = useSession(agentId ?? "", sessionId);
  const actions = useSessionActions(agentId ?? "");
  return session === undefined || sessionId === null ? [] : commandsOf(session, actions);
}

function commandsOf(
  session: Session,
  actions: ReturnType<typeof useSessionActions>,
): readonly Command[] {
  const nowhere = () => undefined;
  return itemsOf({ session, actions, onRename: nowhere, onShare: nowhere, onTag: nowhere })
    .flat()
    .filter(({ key }) => key !== "rename" && key !== "share" && key !== "tags")
    .map(({ key, label, run }) => ({
      key: `session ${key}`,
      label: t("command.session", { what: label }),
      also: key.startsWith("save") ? t("command.saveSession.also") : undefined,
      run,
    }));
}
