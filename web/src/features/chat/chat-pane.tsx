/**
 * A talk with an agent: its turns, and the place to write. Without a session it is the start of one,
 * which the first message makes.
 *
 * The rule it keeps: the pane, its rows and its composer live through that, so nothing flashes when
 * the address changes under the first message.
 */
import Box from "@mui/material/Box";
import { lazy, Suspense, useEffect } from "react";
import { ErrorBoundary } from "react-error-boundary";

import type { Agent, Session } from "@/api/types";
import { agentName } from "@/components/agent-name";
import { late } from "@/components/late";
import { NotLoaded } from "@/components/not-loaded";
import { TurnsSkeleton } from "@/components/skeletons";
import { t } from "@/i18n";
import { draftKey } from "@/storage";
import { CHAT_WIDTH } from "@/theme/theme";

import { Composer } from "./composer/composer";
import type { SlashList } from "./composer/slash";
import { DropZone } from "./drop-zone";
import { ConnectionNote } from "./connection-note";
import { NewSession } from "./new-session";
import { LazyRehearsal, LazyTranscriptList } from "./transcript/lazy-transcript-list";
import { turnOf } from "./transcript/row";
import { TurnAnnouncer } from "./turn-announcer";
import { type Conversation, useConversation } from "./use-conversation";

/** With the note on a message that waits: when the line is down, that is there if anything is. */
const Unkept = lazy(async () => ({
  default: (await import("./transcript/delivery-note")).Unkept,
}));
const QueueChips = late(async () => (await import("./composer/queue-chips")).QueueChips);
const LongTurn = late(async () => (await import("./long-turn")).LongTurn, { isQuiet: true });

interface Props {
  readonly agent: Agent;
  /** Null where a new session begins, and for the moment in which the first message makes it. */
  readonly session: Session | null;
  readonly onSessionCreated: (sessionId: string) => void;
  readonly focusTurnId: string | undefined;
  /** What a slash in the composer asks for. */
  readonly commands?: SlashList | undefined;
}

export function ChatPane({ agent, session, onSessionCreated, focusTurnId, commands }: Props) {
  const conversation = useConversation(agent.agent_id, session, onSessionCreated);
  const { transcript, sessionId, queue, composer, attach } = conversation;
  const last = transcript.rows.at(-1);
  const { isBusy } = composer;
  useEffect(() => {
    if (isBusy) QueueChips.soon();
  }, [isBusy]);
  return (
    <Box sx={PANE}>
      <DropZone onDrop={attach} />
      <Talk agent={agent} session={session} conversation={conversation} focusTurnId={focusTurnId} />
      {last && <TurnAnnouncer key={last.id} turn={turnOf(last)} />}
      <Box sx={DOCK}>
        {conversation.isUnkept && (
          <ErrorBoundary fallback={null}>
            <Suspense>
              <Unkept />
            </Suspense>
          </ErrorBoundary>
        )}
        <ConnectionNote connection={transcript.connection} onRetry={transcript.reconnectNow} />
        {isBusy && last?.kind === "turn" && (
          <Suspense>
            <LongTurn key={last.id} turn={last.turn} onStop={composer.onStop} />
          </Suspense>
        )}
        {queue.items.length > 0 && (
          <Suspense>
            <QueueChips
              items={queue.items}
              onMove={queue.move}
              onEdit={queue.edit}
              onSendNow={queue.sendNow}
              onRemove={queue.remove}
            />
          </Suspense>
        )}
        <Composer
          {...composer}
          commands={commands}
          draftKey={draftKey(agent.agent_id, sessionId)}
          isBeginning={sessionId === null}
          agentName={agentName(agent)}
        />
      </Box>
    </Box>
  );
}

interface TalkProps {
  readonly agent: Agent;
  readonly session: Session | null;
  readonly conversation: Conversation;
  readonly focusTurnId: string | undefined;
}

function Talk({ agent, session, conversation, focusTurnId }: TalkProps) {
  const { transcript, send, ...row } = conversation;
  if (transcript.rows.length > 0)
    return (
      <LazyTranscriptList
        fallback={<Loading />}
        transcript={transcript}
        agentName={agentName(agent)}
        sessionId={conversation.sessionId}
        turnCount={session?.turn_count ?? 0}
        focusTurnId={focusTurnId}
        turnActions={row.turnActions}
        deliveryActions={row.deliveryActions}
        branches={row.branches}
        editedId={row.editedId}
        isBusy={row.isBusy}
      />
    );
  if (transcript.error !== null)
    return (
      <Box sx={FILL}>
        <Box sx={{ ...COLUMN, py: 3 }}>
          <NotLoaded
            title={t("transcript.notLoaded")}
            error={transcript.error}
            onRetry={transcript.refetch}
          />
        </Box>
      </Box>
    );
  if (transcript.isPending) return <Loading />;
  return (
    <>
      <NewSession agent={agent} onStart={(text) => void send({ text, files: [] })} />
      <LazyRehearsal branches={row.branches} deliveryActions={row.deliveryActions} />
    </>
  );
}

function Loading() {
  return (
    <Box sx={{ ...FILL, overflow: "hidden" }}>
      <Box sx={COLUMN}>
        <TurnsSkeleton />
      </Box>
    </Box>
  );
}

const PANE = {
  position: "relative",
  flex: 1,
  minHeight: 0,
  display: "flex",
  flexDirection: "column",
} as const;

const FILL = { flex: 1, minHeight: 0 } as const;

const COLUMN = { width: 1, maxWidth: CHAT_WIDTH, mx: "auto", px: { xs: 2, sm: 3 } } as const;

const DOCK = {
  ...COLUMN,
  flex: "none",
  position: "sticky",
  bottom: 0,
  px: { xs: 1.5, sm: 3 },
  paddingBottom: "max(12px, env(safe-area-inset-bottom))",
} as const;
