/** The place of a turn within the transcript: for the list, for the keyboard, for screen readers. */
import Box from "@mui/material/Box";
import { styled } from "@mui/material/styles";
import { type Ref, useDeferredValue, useId } from "react";

import type { Turn } from "@/api/types";
import { VisuallyHidden } from "@/components/visually-hidden";
import { t } from "@/i18n";
import { textOf } from "@/renderers/message-text";
import type { TurnActions } from "@/renderers/turn-actions";
import type { TranscriptRow } from "@/turn";

import type { Branches } from "../use-branches";
import type { DeliveryActions } from "./delivery-note";
import { entryOf, siblingsOf, turnOf } from "./row";
import { TurnItem } from "./turn-item";
import { EDGE_PX, SENT_FROM_TOP_PX } from "./use-turn-list";

interface Props {
  readonly row: TranscriptRow | undefined;
  readonly measure: Ref<HTMLElement>;
  readonly index: number;
  /** Nobody sees it yet, while the list is scrolled: it is drawn beside that, in no frame of its own. */
  readonly isAhead: boolean;
  readonly position: number;
  readonly size: number;
  readonly isReachable: boolean;
  readonly isSent: boolean;
  readonly agentName: string;
  readonly turnActions: TurnActions | null;
  readonly deliveryActions: DeliveryActions;
  readonly branches: Branches;
  readonly editedId: string | null;
  readonly isBusy: boolean;
}

export function TurnArticle({ isAhead, ...props }: Props) {
  const isDue = useDeferredValue(true, !isAhead);
  return isDue || !isAhead ? <Article {...props} /> : null;
}

function Article(props: Omit<Props, "isAhead">) {
  const { row, measure, index, position, size, isReachable, isSent, editedId, ...item } = props;
  const heading = useId();
  if (row === undefined) return null;
  const turn = turnOf(row);
  return (
    <Box
      component="article"
      ref={measure}
      data-index={index}
      data-turn={turn.turn_id}
      tabIndex={isReachable ? 0 : -1}
      aria-posinset={position}
      aria-setsize={size}
      aria-labelledby={heading}
      sx={isSent ? SENT : ARTICLE}
    >
      <Title as="h2" id={heading}>
        {titleOf(turn)}
      </Title>
      <TurnItem
        {...item}
        turn={turn}
        entry={entryOf(row)}
        siblings={siblingsOf(row)}
        isEdited={turn.turn_id === editedId}
      />
    </Box>
  );
}

const TITLE_CHARS = 80;

/** A turn is called by what was asked. */
function titleOf(turn: Turn): string {
  const asked = turn.input_messages.map((message) => textOf(message.content)).join(" ");
  return asked === "" ? t("transcript.turn", { n: turn.n }) : asked.slice(0, TITLE_CHARS);
}

/** What a turn is called in the list of headings; not copied along with it. */
const Title = styled(VisuallyHidden)({ userSelect: "none" });

const ARTICLE = {
  position: "absolute",
  insetInline: 0,
  // A turn that comes or grows has no other painted anew; what has the focus may have its ring.
  contain: "content",
  overflowClipMargin: "8px",
  px: { xs: 2, sm: 3 },
  borderRadius: 1,
  outlineOffset: 4,
  "&:focus-visible": { outline: "2px solid", outlineColor: "primary.main" },
  // The last answer's actions are always seen, those of others when somebody comes near.
  "@media (hover: hover)": {
    // That there are other versions of a turn, or what was thought of it, is seen without that.
    "& .turn-footer > *": { transition: "opacity 120ms" },
    "&:not(:last-child, :hover, :focus-within) .turn-footer > :not([data-stays])": { opacity: 0 },
  },
} as const;

/** The answer grows into room that is already there: nothing is pushed while it does. */
const SENT = {
  ...ARTICLE,
  minHeight: `calc(100cqh - ${SENT_FROM_TOP_PX + EDGE_PX}px)`,
} as const;
