/** Finds the turn that the address names, else the session's latest, and says when there is none. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Skeleton from "@mui/material/Skeleton";
import type { ReactNode } from "react";

import type { TurnPlace } from "@/api/client";
import { isApiError } from "@/api/errors";
import { useTurnById } from "@/api/inspector-queries";
import { useTurns } from "@/api/queries";
import type { Turn } from "@/api/types";
import { EmptyState } from "@/components/empty-state";
import { NotLoaded } from "@/components/not-loaded";
import { VisuallyHidden } from "@/components/visually-hidden";
import { t } from "@/i18n/inspector";

import { PaneHead } from "./pane-head";
import { TurnView } from "./turn-view";

export interface Pointing {
  readonly stepId: string | null;
  readonly onPoint: (turnId: string | null, stepId: string | null) => void;
  readonly onClose: () => void;
}

interface Props extends Pointing {
  readonly agentId: string;
  readonly sessionId: string;
  readonly turnId: string | null;
}

export function SoughtTurn({ agentId, sessionId, turnId, ...pointing }: Props) {
  const listed = useTurns(agentId, sessionId);
  const turns = listed.data?.turns ?? [];
  const shown = turnId === null ? turns.at(-1) : turns.find((turn) => turn.turn_id === turnId);
  const isLost = turnId !== null && shown === undefined && !listed.isPending;
  const place = { agentId, sessionId, turnId: turnId ?? shown?.turn_id ?? "" };
  const single = useTurnById(place, isLost);
  const turn = shown ?? (isLost ? single.data : undefined);
  if (turn !== undefined) {
    const found: TurnPlace = { agentId, sessionId, turnId: turn.turn_id };
    return (
      <TurnView
        key={turn.turn_id}
        place={found}
        snapshot={turn}
        nextId={nextOf(turns, turn)}
        {...pointing}
      />
    );
  }
  const error = listed.error ?? (isLost ? single.error : null);
  const retry = () => void (listed.error ? listed.refetch() : single.refetch());
  return (
    <Without onClose={pointing.onClose}>
      {error !== null ? (
        <NotThere error={error} onRetry={retry} onLatest={() => pointing.onPoint(null, null)} />
      ) : listed.isPending || isLost ? (
        <PaneSkeleton />
      ) : (
        <EmptyState title={t("inspector.empty")}>{t("inspector.emptyText")}</EmptyState>
      )}
    </Without>
  );
}

const nextOf = (turns: readonly Turn[], { turn_id: id }: Turn) =>
  turns[turns.findIndex((turn) => turn.turn_id === id) + 1]?.turn_id ?? null;

function Without({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  return (
    <>
      <PaneHead title={t("frame.inspector")} onClose={onClose} />
      <Box sx={{ flex: 1, minHeight: 0, overflowY: "auto", display: "grid", p: 2 }}>{children}</Box>
    </>
  );
}

interface NotThereProps {
  readonly error: Error;
  readonly onRetry: () => void;
  readonly onLatest: () => void;
}

function NotThere({ error, onRetry, onLatest }: NotThereProps) {
  if (isApiError(error) && error.status === 404)
    return (
      <EmptyState
        title={t("inspector.gone")}
        actions={<Button onClick={onLatest}>{t("inspector.latest")}</Button>}
      >
        {t("inspector.goneText")}
      </EmptyState>
    );
  return (
    <Box>
      <NotLoaded title={t("inspector.notLoaded")} error={error} onRetry={onRetry} />
    </Box>
  );
}

const WIDTHS = [88, 64, 76, 40];

export function PaneSkeleton() {
  return (
    <Box sx={{ alignSelf: "start" }}>
      <VisuallyHidden>{t("loading")}</VisuallyHidden>
      {WIDTHS.map((width) => (
        <Skeleton key={width} aria-hidden height={22} width={`${width}%`} sx={{ my: 1 }} />
      ))}
    </Box>
  );
}
