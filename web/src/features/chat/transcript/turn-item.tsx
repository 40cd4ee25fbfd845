/**
 * One row of the transcript, whichever of its lives it is in: on its way, running, or at rest.
 *
 * The rule it keeps: only the row of the turn that runs is drawn anew when something comes of it.
 */
import { lazy, memo, Suspense, useEffect } from "react";
import { ErrorBoundary } from "react-error-boundary";

import type { Turn } from "@/api/types";
import { InlineAlert } from "@/components/inline-alert";
import { late } from "@/components/late";
import { t } from "@/i18n";
import type { TurnActions } from "@/renderers/turn-actions";
import { preloadTurnNotice, TurnRenderer } from "@/renderers/turn-renderer";
import { isAtRest, type OutboxEntry, useTurn } from "@/turn";

import type { Branches } from "../use-branches";
import type { DeliveryActions } from "./delivery-note";
import { LazyDeliveryNote } from "./lazy-delivery-note";
import { TurnTools } from "./turn-tools";

const BrokenTurn = lazy(async () => ({ default: (await import("./broken-turn")).BrokenTurn }));
const MessageEditor = late(async () => (await import("./message-editor")).MessageEditor);

interface Props {
  readonly turn: Turn;
  /** The message that the turn will come of, as long as the server has not taken it. */
  readonly entry: OutboxEntry | null;
  readonly agentName: string;
  /** Null for all but the last turn. */
  readonly turnActions: TurnActions | null;
  readonly deliveryActions: DeliveryActions;
  readonly siblings: readonly string[];
  readonly branches: Branches;
  readonly isBusy: boolean;
  readonly isEdited: boolean;
}

export const TurnItem = memo(function TurnItem(props: Props) {
  const { turn: snapshot, entry, agentName, turnActions, deliveryActions } = props;
  const { branches, isEdited } = props;
  const turn = useTurn(snapshot);
  const isUnderway = !isAtRest(turn);
  useEffect(() => {
    if (isUnderway) preloadTurnNotice();
  }, [isUnderway]);
  return (
    <ErrorBoundary
      fallbackRender={({ error }) => (
        <ErrorBoundary fallback={<InlineAlert severity="error" title={t("turn.broken")} />}>
          <Suspense>
            <BrokenTurn turn={turn} error={error} />
          </Suspense>
        </ErrorBoundary>
      )}
      resetKeys={[turn.turn_id, isUnderway]}
    >
      <TurnRenderer
        turn={turn}
        agentName={agentName}
        actions={turnActions}
        {...(!isUnderway && {
          tools: <TurnTools {...props} turn={turn} feedback={snapshot.feedback} />,
        })}
        {...(isEdited && {
          editor: (
            <Suspense>
              <MessageEditor turn={turn} branches={branches} onClose={() => branches.edit(null)} />
            </Suspense>
          ),
        })}
        {...(entry !== null && {
          delivery: <LazyDeliveryNote entry={entry} actions={deliveryActions} />,
          tone: entry.state === "failed_to_send" ? "failed" : "faded",
        })}
      />
    </ErrorBoundary>
  );
});
