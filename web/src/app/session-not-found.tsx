/** An address that leads to no session: what was being written there can be taken along. */
import Button from "@mui/material/Button";
import { useEffect, useState } from "react";
import { useLocation } from "wouter";

import { isForbidden, isNotFound } from "@/api/errors";
import { EmptyState } from "@/components/empty-state";
import { reasonOf } from "@/components/error-text";
import { paths } from "@/components/paths";
import { t } from "@/i18n";
import { PlugIcon, SearchIcon } from "@/icons/icons";
import { draftKey, isNothing, moveDraft, readDraft } from "@/storage";

import { useFrame } from "./frame-context";

interface SessionNotFoundProps {
  readonly agentId: string;
  readonly sessionId: string;
  readonly error: Error;
  readonly onRetry: () => void;
}

export function SessionNotFound({ agentId, sessionId, error, onRetry }: SessionNotFoundProps) {
  const [, navigate] = useLocation();
  const { isSidebarOpen, toggleSidebar } = useFrame();
  const hasDraft = useHasDraft(draftKey(agentId, sessionId));
  const isGone = isNotFound(error);

  const startAnew = async () => {
    if (hasDraft) await moveDraft(draftKey(agentId, sessionId), draftKey(agentId, null));
    navigate(paths.agent(agentId));
  };
  const goToSessions = () => {
    if (!isSidebarOpen) toggleSidebar();
    navigate(paths.agent(agentId));
  };
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
