/** An address that leads to no session: what was being written there can be taken along. */
import Button from "@mui/material/Button";
import { useQueryClient } from "@tanstack/react-query";
import { Suspense, useEffect, useState } from "react";
import { useLocation } from "wouter";

import { isForbidden, isNotFound } from "@/api/errors";
import { keys } from "@/api/keys";
import { type TurnPages, turnsIn } from "@/api/pages";
import type { Turn } from "@/api/types";
import { EmptyState } from "@/components/empty-state";
import { reasonOf } from "@/components/error-text";
import { late } from "@/components/late";
import { paths } from "@/components/paths";
import { t } from "@/i18n/lost";
import { PlugIcon, SearchIcon } from "@/icons/icons";
import { draftKey, isNothing, moveDraft, readDraft } from "@/storage";

import { useFrame } from "./frame-context";

const KeptTalk = late(async () => (await import("@/features/chat/kept-talk")).KeptTalk);

interface SessionNotFoundProps {
  readonly agentId: string;
  readonly agentName: string;
  readonly sessionId: string;
  readonly error: Error;
  readonly onRetry: () => void;
}

export function SessionNotFound(props: SessionNotFoundProps) {
  const { agentId, agentName, sessionId, error, onRetry } = props;
  const [, navigate] = useLocation();
  const { isSidebarOpen, toggleSidebar } = useFrame();
  const hasDraft = useHasDraft(draftKey(agentId, sessionId));
  const isGone = isNotFound(error);
  const kept = useKeptTurns(agentId, sessionId);
  const [isRead, setRead] = useState(false);

  const startAnew = async () => {
    if (hasDraft) await moveDraft(draftKey(agentId, sessionId), draftKey(agentId, null));
    navigate(paths.agent(agentId));
  };
  const goToSessions = () => {
    if (!isSidebarOpen) toggleSidebar();
    navigate(paths.agent(agentId));
  };
  if (isRead)
    return (
      <Suspense>
        <KeptTalk turns={kept} agentName={agentName} />
      </Suspense>
    );
  return (
    <EmptyState
      level="h1"
      icon={isGone ? <SearchIcon fontSize="inherit" /> : <PlugIcon fontSize="inherit" />}
      title={t(
        isGone
          ? "sessions.notFound"
          : isForbidden(error)
            ? "forbidden.session"
            : "sessions.notOpened",
      )}
      actions={
        <>
          <Button variant="contained" onClick={isGone ? () => void startAnew() : onRetry}>
            {isGone
              ? t(hasDraft ? "sessions.newWithDraft" : "sessions.startNew")
              : t("action.retry")}
          </Button>
          <Button variant="outlined" color="inherit" onClick={goToSessions}>
            {t("sessions.goTo")}
          </Button>
          {isGone && kept.length > 0 && (
            <Button color="inherit" onClick={() => setRead(true)}>
              {t("kept.view")}
            </Button>
          )}
        </>
      }
    >
      {isGone ? (hasDraft ? t("sessions.draftKept") : undefined) : reasonOf(error)}
    </EmptyState>
  );
}

function useHasDraft(key: string): boolean {
  const [hasDraft, setHasDraft] = useState(false);
  useEffect(() => {
    void readDraft(key).then((draft) => setHasDraft(!isNothing(draft)));
  }, [key]);
  return hasDraft;
}

/** What was read of it on this page before it was gone. */
function useKeptTurns(agentId: string, sessionId: string): readonly Turn[] {
  const client = useQueryClient();
  const [kept] = useState(() => client.getQueryData<TurnPages>(keys.turns(agentId, sessionId)));
  return kept === undefined ? [] : turnsIn(kept);
}
