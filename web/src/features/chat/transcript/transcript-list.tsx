/**
 * The turns of a session, oldest first, in a list that stands at its end.
 *
 * The rules it keeps are those of `reader-intents.ts` (who moves the reader) and `use-turn-list.ts`
 * (what is in the page). It is no live region: what screen readers are told is in `turn-announcer`.
 */
import Box from "@mui/material/Box";
import CircularProgress from "@mui/material/CircularProgress";

import { t } from "@/i18n";
import type { TurnActions } from "@/renderers/turn-actions";
import { CHAT_WIDTH } from "@/theme/theme";

import type { Branches } from "../use-branches";
import type { DeliveryActions } from "./delivery-note";
import { JumpButton } from "./jump-button";
import { LazyFind } from "./lazy-find";
import { TurnArticle } from "./turn-article";
import { useTalkDeeds } from "./use-talk-deeds";
import { type TranscriptData, useTranscriptList } from "./use-transcript-list";

// In one file with it: it rehearses what is here.
export { Rehearsal } from "./rehearsal";

interface Props {
  readonly transcript: TranscriptData;
  readonly agentName: string;
  readonly sessionId: string | null;
  /** All turns that the session has, also those that are not loaded. */
  readonly turnCount: number;
  readonly focusTurnId: string | undefined;
  readonly turnActions: TurnActions;
  readonly deliveryActions: DeliveryActions;
  readonly branches: Branches;
  /** The turn whose message is being edited. */
  readonly editedId: string | null;
  readonly isBusy: boolean;
}

export function TranscriptList(props: Props) {
  const { transcript, sessionId, turnCount, focusTurnId, turnActions, editedId, ...row } = props;
  const { rows, liveTurnId, isLoadingOlder } = transcript;
  const size = Math.max(turnCount, rows.length);
  const { setScroller, setFeed, measure, items, isAhead, focus, following, jump, seek, sentId } =
    useTranscriptList(transcript, focusTurnId, { ...row, size });
  useTalkDeeds({ rows, seek, jump, ...row });
  return (
    <Box sx={FRAME}>
      <Box ref={setScroller} sx={SCROLLER}>
        <Box
          ref={setFeed}
          role="feed"
          aria-label={t("transcript.label")}
          aria-busy={liveTurnId !== null || isLoadingOlder}
          onFocusCapture={focus.onFocusCapture}
          onKeyDown={focus.onKeyDown}
          sx={FEED}
        >
          {items.map(({ index, key }) => (
            <TurnArticle
              {...row}
              key={key}
              measure={measure}
              row={rows[index]}
              index={index}
              isAhead={isAhead(index)}
              position={size - rows.length + index + 1}
              size={size}
              isReachable={index === focus.focused}
              isSent={index === rows.length - 1 && rows[index]?.id === sentId}
              editedId={editedId}
              turnActions={index === rows.length - 1 ? turnActions : null}
            />
          ))}
        </Box>
        {isLoadingOlder && <Older />}
      </Box>
      <LazyFind
        sessionId={sessionId}
        transcript={transcript}
        size={size}
        branches={row.branches}
        onSeek={seek}
      />
      {!following.isNear && <JumpButton unseen={following.unseen} onClick={jump} />}
    </Box>
  );
}

function Older() {
  return <CircularProgress size={16} aria-label={t("transcript.older")} sx={OLDER} />;
}

/** Text fades out at both edges instead of being cut. */
const FADE = {
  content: '""',
  position: "absolute",
  insetInline: 0,
  height: 20,
  zIndex: 1,
  pointerEvents: "none",
  background: "linear-gradient(var(--fade), var(--t-palette-background-default), transparent)",
} as const;

const FRAME = {
  position: "relative",
  flex: 1,
  minHeight: 0,
  "&::before": { ...FADE, top: 0, "--fade": "to bottom" },
  "&::after": { ...FADE, bottom: 0, "--fade": "to top" },
} as const;

const SCROLLER = {
  position: "relative",
  height: "100%",
  overflowY: "auto",
  overflowAnchor: "none",
  containerType: "size",
  overscrollBehavior: "contain",
} as const;

const FEED = { position: "relative", maxWidth: CHAT_WIDTH, mx: "auto" } as const;

const OLDER = { position: "absolute", top: 4, insetInlineStart: "calc(50% - 8px)" } as const;
