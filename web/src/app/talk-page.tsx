/** Where one talks with an agent: in a session, or at the start of one that is not there yet. */
import Box from "@mui/material/Box";
import { type ReactNode, Suspense, useEffect, useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import { useHistoryState } from "wouter/use-browser-location";

import { useAgent, useSession } from "@/api/queries";
import type { Agent, Session } from "@/api/types";
import { agentName } from "@/components/agent-name";
import { isLookedInto } from "@/components/inspected";
import { late } from "@/components/late";
import { paths } from "@/components/paths";
import { TurnsSkeleton } from "@/components/skeletons";
import { ChatPane } from "@/features/chat/chat-pane";
import {
  preloadTranscript,
  useTranscriptSoon,
} from "@/features/chat/transcript/lazy-transcript-list";
import { prefer } from "@/storage/preferences";
import { CHAT_WIDTH } from "@/theme/theme";
import { newKey } from "@/turn/new-key";

import { DemoBanner } from "./demo-banner";
import { PageHead } from "./page-head";
import { TALK } from "./place";
import { TalkHead } from "./talk-head";
import { useDocumentTitle } from "@/components/use-document-title";

const SlashCommands = late(async () => (await import("./commands/slash-commands")).SlashCommands);
/** Few come where nothing is. */
const SessionNotFound = late(async () => (await import("./session-not-found")).SessionNotFound);
const AgentNotFound = late(
  async () => (await import("@/features/agents/agent-not-found")).AgentNotFound,
);

// A session that is opened by its address is not waited for: what draws it comes along with the page.
if (TALK.exec(location.pathname)?.groups?.sessionId !== undefined) preloadTranscript();

interface TalkPageProps {
  readonly agentId: string;
  readonly sessionId: string | null;
  /** In place of what stands above a talk. */
  readonly head?: (agent: Agent, session: Session | null) => ReactNode;
}

export function TalkPage({ agentId, sessionId, head = usualHead }: TalkPageProps) {
  const { data: agent, error } = useAgent(agentId);
  useTranscriptSoon(sessionId !== null);
  const isThere = agent !== undefined;
  useEffect(() => {
    if (isThere) prefer({ lastAgentId: agentId });
  }, [agentId, isThere]);
  if (agent !== undefined) return <Talk agent={agent} sessionId={sessionId} head={head} />;
  return (
    <>
      <PageHead />
      {error === null ? (
        <Opening />
      ) : (
        <Suspense fallback={<Opening />}>
          <AgentNotFound error={error} />
        </Suspense>
      )}
    </>
  );
}

const usualHead = (agent: Agent, session: Session | null) => (
  <>
    <TalkHead agent={agent} session={session} />
    <DemoBanner agent={agent} />
  </>
);

interface TalkProps {
  readonly agent: Agent;
  readonly sessionId: string | null;
  readonly head: NonNullable<TalkPageProps["head"]>;
}

function Talk({ agent, sessionId, head }: TalkProps) {
  const agentId = agent.agent_id;
  const { data, error, refetch } = useSession(agentId, sessionId);
  const [search] = useSearchParams();
  const sought = search.get("turn");
  const [, navigate] = useLocation();
  const { key, wasMadeHere } = usePaneKey(agentId, sessionId);
  const session = (sessionId === null ? null : data) ?? null;
  useDocumentTitle(session?.session_name ?? agentName(agent));

  const openCreated = (created: string) =>
    navigate(paths.session(agentId, created), { replace: true, state: { pane: key } });

  return (
    <>
      {head(agent, session)}
      {sessionId !== null && session === null && error !== null ? (
        <Suspense fallback={<Opening />}>
          <SessionNotFound
            agentId={agentId}
            agentName={agentName(agent)}
            sessionId={sessionId}
            error={error}
            onRetry={() => void refetch()}
          />
        </Suspense>
      ) : sessionId === null || session !== null || wasMadeHere ? (
        <ChatPane
          key={key}
          agent={agent}
          session={session}
          onSessionCreated={openCreated}
          commands={head === usualHead ? SlashCommands : undefined}
          focusTurnId={isLookedInto(sought) ? undefined : (sought ?? undefined)}
        />
      ) : (
        <Opening />
      )}
    </>
  );
}

/**
 * What React knows the pane by. A session that was begun in a pane stays in it: the address changes
 * under a first message, but nothing on the screen does. No two beginnings are called the same, as the
 * browser remembers over reloads in which pane a session was begun.
 */
function usePaneKey(agentId: string, sessionId: string | null) {
  const [visit, setVisit] = useState(() => ({ sessionId, id: newKey() }));
  if (visit.sessionId !== sessionId)
    setVisit({ sessionId, id: sessionId === null ? newKey() : visit.id });
  const pane = useHistoryState<{ pane?: string } | null>()?.pane;
  const fresh = `${agentId} ${visit.id}`;
  return {
    key: sessionId === null ? fresh : (pane ?? sessionId),
    wasMadeHere: sessionId !== null && pane === fresh,
  };
}

function Opening() {
  return (
    <Box sx={{ width: 1, maxWidth: CHAT_WIDTH, mx: "auto", px: 2 }}>
      <TurnsSkeleton />
    </Box>
  );
}
