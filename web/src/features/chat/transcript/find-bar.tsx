/**
 * Finds words in a long talk, of which most is not in the page: the server says where they stand, the reader is
 * brought there turn by turn.
 *
 * The focus stays in the field: Enter goes up from the newest turn, Shift+Enter down again, Escape to the turn found.
 */
import Box from "@mui/material/Box";
import InputBase from "@mui/material/InputBase";
import Typography from "@mui/material/Typography";
import { type KeyboardEvent, type RefObject, useEffect, useEffectEvent, useState } from "react";

import { useFind } from "@/api/find-queries";
import { ActionButton } from "@/components/action-button";
import { announce } from "@/components/announcer";
import { useCalm } from "@/components/use-calm";
import { useTyped } from "@/components/use-typed";
import { t } from "@/i18n/search";
import { ArrowDownIcon, CloseIcon, SearchIcon } from "@/icons/icons";

import { Elsewhere, Found } from "./found";
import type { TranscriptData } from "./use-transcript-list";

interface Props {
  readonly agentId: string;
  readonly sessionId: string;
  readonly typed: RefObject<string>;
  readonly transcript: TranscriptData;
  readonly onSeek: (turnId: string) => void;
  /** Show the version of the talk that has a turn. */
  readonly onSwitch: (turnId: string) => void;
  readonly onClose: () => void;
}

export function FindBar(props: Props) {
  const { agentId, sessionId, typed, transcript, onSeek, onSwitch, onClose } = props;
  const [text, setText] = useTyped(typed);
  const words = useCalm(text.trim());
  const found = useFind({ agentId, sessionId, words });
  const hits = words === "" || found.isPlaceholderData ? [] : (found.data ?? []);
  const { at, step } = usePlace(words, hits.length);
  const turnId = hits[at]?.turn_id ?? undefined;
  const said = saidOf({ words, search: found, count: hits.length, at });

  const seek = useEffectEvent(onSeek);
  useEffect(() => {
    if (turnId !== undefined) seek(turnId);
  }, [turnId]);
  const isNearEnd = at >= hits.length - 1;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = found;
  useEffect(() => {
    if (isNearEnd && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [isNearEnd, hasNextPage, isFetchingNextPage, fetchNextPage]);
  useEffect(() => {
    if (said !== "") announce(said);
  }, [said]);

  const move = (by: 1 | -1) => {
    step(by);
    if (turnId !== undefined && hits.length === 1) onSeek(turnId);
  };
  const close = () => {
    onClose();
    articleOf(turnId)?.focus({ preventScroll: true });
  };
  const onKeyDown = (press: KeyboardEvent) => {
    if (press.nativeEvent.isComposing) return;
    if (press.key === "Enter") move(press.shiftKey ? -1 : 1);
    else if (press.key === "Escape") close();
    else return;
    press.preventDefault();
  };
  return (
    <Box role="search" aria-label={t("find.label")} sx={BAR}>
      <Box sx={{ display: "flex", alignItems: "center", gap: 0.5 }}>
        <InputBase
          fullWidth
          inputRef={focusWhenShown}
          value={text}
          placeholder={t("find.label")}
          onChange={(change) => setText(change.target.value)}
          onKeyDown={onKeyDown}
          startAdornment={<SearchIcon sx={{ marginInlineEnd: 1, color: "text.secondary" }} />}
          inputProps={{ "aria-label": t("find.label"), autoComplete: "off", spellCheck: false }}
        />
        <Typography variant="caption" sx={{ flex: "none", color: "text.secondary" }}>
          {said}
        </Typography>
        <ActionButton
          label={t("find.older")}
          icon={<ArrowDownIcon sx={{ fontSize: 18, rotate: "180deg" }} />}
          disabled={hits.length === 0}
          onClick={() => move(1)}
        />
        <ActionButton
          label={t("find.newer")}
          icon={<ArrowDownIcon sx={{ fontSize: 18 }} />}
          disabled={hits.length === 0}
          onClick={() => move(-1)}
        />
        <ActionButton
          label={t("action.close")}
          icon={<CloseIcon sx={{ fontSize: 18 }} />}
          onClick={close}
        />
      </Box>
      {turnId !== undefined && <Found turnId={turnId} hit={hits[at]} />}
      {turnId !== undefined && isElsewhere(transcript, turnId) && (
        <Elsewhere onShow={() => onSwitch(turnId)} />
      )}
    </Box>
  );
}

/** Which of the hits one is at: the newest whenever other words are looked for; round and round. */
function usePlace(words: string, count: number) {
  const [place, setPlace] = useState({ words, at: 0 });
  const at = place.words === words ? Math.min(place.at, Math.max(count - 1, 0)) : 0;
  const step = (by: number) => setPlace({ words, at: (at + by + count) % Math.max(count, 1) });
  return { at, step };
}

interface Search {
  readonly words: string;
  readonly search: ReturnType<typeof useFind>;
  readonly count: number;
  readonly at: number;
}

function saidOf({ words, search, count, at }: Search): string {
  if (words === "" || search.isPlaceholderData || search.isPending) return "";
  if (search.error !== null) return t("search.failed");
  if (count === 0) return t("find.nothing");
  const n = at + 1;
  return search.hasNextPage ? t("find.placeOfMore", { n, count }) : t("find.place", { n, count });
}

/** All turns of what is shown are loaded, and this one is not among them. */
const isElsewhere = ({ rows, hasOlder }: TranscriptData, turnId: string) =>
  !hasOlder && !rows.some((row) => row.kind === "turn" && row.turn.turn_id === turnId);

const articleOf = (turnId: string | undefined) =>
  document.querySelector<HTMLElement>(`article[data-turn="${turnId ?? ""}"]`);

const focusWhenShown = (input: HTMLInputElement | null) => input?.focus();

const BAR = {
  position: "absolute",
  zIndex: 2,
  top: 8,
  insetInlineEnd: 16,
  width: "min(420px, calc(100% - 32px))",
  paddingInlineStart: 1.5,
  paddingInlineEnd: 0.5,
  py: 0.5,
  border: 1,
  borderColor: "surface.outline",
  borderRadius: "12px",
  bgcolor: "background.paper",
  boxShadow: 6,
} as const;
