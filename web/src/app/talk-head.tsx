/** Above a talk: with whom, about what, how it stands, and what can be done with it. */
import Box from "@mui/material/Box";
import { Suspense, useState } from "react";
import { useLocation } from "wouter";

import type { Agent, Session } from "@/api/types";
import { ActionButton } from "@/components/action-button";
import { late } from "@/components/late";
import { useDeed } from "@/components/offers";
import { paths } from "@/components/paths";
import { SHORTCUTS } from "@/components/shortcuts";
import { VisuallyHidden } from "@/components/visually-hidden";
import { AgentPicker } from "@/features/agents/agent-picker";
import { LazySessionMenu, preloadSessionMenu } from "@/features/sessions/lazy-session-menu";
import { NEW_SESSION } from "@/features/sessions/new-session";
import { SessionTitle } from "@/features/sessions/session-title";
import { useSessionActions } from "@/features/sessions/use-session-actions";
import { ShareButton } from "@/features/shares/share-button";
import { t } from "@/i18n";
import { InspectorIcon, MoreIcon, NewSessionIcon } from "@/icons/icons";

import { useFrame } from "./frame-context";
import { PageHead } from "./page-head";

/** Only narrow screens have it. */
const SessionSelector = late(
  async () => (await import("@/features/sessions/session-selector")).SessionSelector,
);

const SessionTags = late(
  async () => (await import("@/features/sessions/session-tags")).SessionTags,
  { isQuiet: true },
);

interface TalkHeadProps {
  readonly agent: Agent;
  readonly session: Session | null;
}

export function TalkHead({ agent, session }: TalkHeadProps) {
  const { isNarrow, isSidebarOpen, toggleSidebar, isInspectorOpen, toggleInspector } = useFrame();
  const [isRenaming, setRenaming] = useState(false);
  useDeed(SHORTCUTS.renameSession, () => setRenaming(true), session !== null);
  const agentId = agent.agent_id;
  return (
    <PageHead>
      {!isNarrow && <AgentPicker agent={agent} />}
      <Box sx={{ flex: 1, minWidth: 0, display: "flex", alignItems: "center" }}>
        {isNarrow && !isRenaming ? (
          <>
            {session !== null && <VisuallyHidden as="h1">{session.session_name}</VisuallyHidden>}
            <Selector agentId={agentId} session={session} />
          </>
        ) : (
          session !== null && (
            <SessionTitle session={session} isRenaming={isRenaming} onRename={setRenaming} />
          )
        )}
        {!isNarrow && !isRenaming && session !== null && session.tags.length > 0 && (
          <Suspense>
            <SessionTags session={session} onReveal={isSidebarOpen ? undefined : toggleSidebar} />
          </Suspense>
        )}
      </Box>
      {(isNarrow || !isSidebarOpen) && (
        <ActionButton
          label={t("sessions.new")}
          icon={<NewSessionIcon sx={{ fontSize: 20 }} />}
          shortcut={SHORTCUTS.newSession}
          href={paths.agent(agentId)}
        />
      )}
      {session !== null && !isNarrow && <ShareButton key={session.session_id} session={session} />}
      {session !== null && (
        <ActionButton
          label={t("frame.inspector")}
          icon={<InspectorIcon sx={{ fontSize: 20 }} />}
          shortcut={SHORTCUTS.toggleInspector}
          aria-expanded={isInspectorOpen}
          {...(isInspectorOpen && { color: "primary" })}
          onClick={toggleInspector}
        />
      )}
      {session !== null && <More session={session} onRename={() => setRenaming(true)} />}
    </PageHead>
  );
}

function Selector({
  agentId,
  session,
}: {
  readonly agentId: string;
  readonly session: Session | null;
}) {
  const [, navigate] = useLocation();
  return (
    <Suspense>
      <SessionSelector
        agentId={agentId}
        currentSession={session}
        onSessionChange={(id) =>
          navigate(id === NEW_SESSION ? paths.agent(agentId) : paths.session(agentId, id))
        }
      />
    </Suspense>
  );
}

function More({ session, onRename }: { readonly session: Session; readonly onRename: () => void }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const actions = useSessionActions(session.agent_id);
  return (
    <>
      <ActionButton
        label={t("sessions.menuOpen")}
        icon={<MoreIcon sx={{ fontSize: 20 }} />}
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
          onRename={onRename}
        />
      )}
    </>
  );
}
