/**
 * Finds sessions and turns by their words, and commands by their names: one field, one list.
 *
 * The focus stays in the field; the arrows choose in the list (the combobox of the ARIA practices), Enter opens.
 */
import Box from "@mui/material/Box";
import Dialog from "@mui/material/Dialog";
import InputBase from "@mui/material/InputBase";
import useMediaQuery from "@mui/material/useMediaQuery";
import { type KeyboardEvent, type RefObject, useEffect, useId, useState } from "react";
import { useLocation } from "wouter";

import { useSearch } from "@/api/search-queries";
import { announce } from "@/components/announcer";
import { ActionButton } from "@/components/action-button";
import { useCalm } from "@/components/use-calm";
import { useTyped } from "@/components/use-typed";
import { VisuallyHidden } from "@/components/visually-hidden";
import { t } from "@/i18n/search";
import { CloseIcon, SearchIcon } from "@/icons/icons";

import { type Command, fitting } from "./commands";
import { ANY_TIME, type Filters, SearchFilters, searchOf } from "./search-filters";
import { type Choice, choicesOf, SearchResults } from "./search-results";

interface SearchDialogProps {
  /** Whose sessions are looked through first; null: those of all. */
  readonly agentId: string | null;
  readonly commands: readonly Command[];
  /** What was typed while this was on its way. */
  readonly typed?: RefObject<string>;
  readonly onClose: () => void;
}

export function SearchDialog({ agentId, commands: all, typed, onClose }: SearchDialogProps) {
  const isNarrow = useMediaQuery((theme) => theme.breakpoints.down("sm"), { noSsr: true });
  const id = useId();
  const [text, setText] = useTyped(typed);
  const [filters, setFilters] = useState<Filters>({ ...NO_FILTERS, agentId: null });
  const words = useCalm(text.trim());
  const found = useSearch(searchOf(words, filters));
  const commands = fitting(all, text).slice(0, text.trim() === "" ? SHOWN_AT_FIRST : MOST);
  const choices = choicesOf(commands, words === "" ? [] : (found.data ?? []));
  const { at, step, point } = useChosen(choices, words);
  useSpokenCount(
    words,
    found.isPlaceholderData ? undefined : found.data?.length,
    found.hasNextPage,
  );
  const open = useOpen(onClose);

  const onKeyDown = (press: KeyboardEvent) => {
    if (press.nativeEvent.isComposing) return;
    const chosen = choices[at];
    if (press.key === "ArrowDown") step(1);
    else if (press.key === "ArrowUp") step(-1);
    else if (press.key === "Enter" && chosen !== undefined) open(chosen);
    else return;
    press.preventDefault();
  };

  return (
    <Dialog
      open
      onClose={onClose}
      fullScreen={isNarrow}
      fullWidth
      maxWidth="sm"
      aria-labelledby={`${id}-title`}
      sx={PLACE}
      slotProps={{ paper: { sx: { height: isNarrow ? "100%" : "min(70dvh, 620px)" } } }}
    >
      <VisuallyHidden id={`${id}-title`}>{t("search.title")}</VisuallyHidden>
      <Box sx={{ borderBottom: 1, borderColor: "divider", px: 2, pt: 1.5, pb: 1 }}>
        <InputBase
          fullWidth
          inputRef={focusWhenShown}
          value={text}
          placeholder={t("search.placeholder")}
          onChange={(change) => setText(change.target.value)}
          onKeyDown={onKeyDown}
          startAdornment={<SearchIcon sx={{ marginInlineEnd: 1.25, color: "text.secondary" }} />}
          endAdornment={
            <ActionButton
              label={t("action.close")}
              icon={<CloseIcon sx={{ fontSize: 20 }} />}
              onClick={onClose}
            />
          }
          inputProps={{
            type: "search",
            role: "combobox",
            "aria-label": t("search.title"),
            "aria-expanded": choices.length > 0,
            "aria-controls": `${id}-list`,
            "aria-autocomplete": "list",
            "aria-activedescendant": choices[at] === undefined ? undefined : `${id}-${at}`,
            autoComplete: "off",
            spellCheck: false,
          }}
          sx={FIELD}
        />
        <SearchFilters agentId={agentId} filters={filters} onChange={setFilters} />
      </Box>
      <SearchResults
        id={id}
        words={words}
        choices={choices}
        at={at}
        search={found}
        isFiltered={isFiltered(filters)}
        onDropFilters={() => setFilters(EVERYTHING)}
        onPoint={point}
        onOpen={open}
      />
    </Dialog>
  );
}

const NO_FILTERS: Filters = {
  agentId: null,
  hasFile: false,
  isPinned: false,
  inArchive: false,
  days: ANY_TIME,
};
const EVERYTHING: Filters = { ...NO_FILTERS, inArchive: true };

const isFiltered = ({ agentId, hasFile, isPinned, inArchive, days }: Filters) =>
  agentId !== null || hasFile || isPinned || !inArchive || days !== ANY_TIME;

/** Without words only the few commands that are wanted most. */
const SHOWN_AT_FIRST = 3;
const MOST = 5;

/** Which of the choices Enter opens: the first one whenever other words are looked for. */
function useChosen(choices: readonly Choice[], words: string) {
  const [chosen, setChosen] = useState({ words, at: 0 });
  const at = chosen.words === words ? Math.min(chosen.at, Math.max(choices.length - 1, 0)) : 0;
  return {
    at,
    point: (place: number) => setChosen({ words, at: place }),
    step: (by: number) =>
      setChosen({ words, at: (at + by + choices.length) % Math.max(choices.length, 1) }),
  };
}

function useOpen(onClose: () => void) {
  const [, navigate] = useLocation();
  return (choice: Choice) => {
    onClose();
    if (choice.kind === "command") choice.command.run();
    else navigate(choice.href);
  };
}

/** Tell who cannot see the list how much was found, once it is there. */
function useSpokenCount(words: string, count: number | undefined, isMore: boolean) {
  useEffect(() => {
    if (words === "" || count === undefined) return;
    announce(isMore ? t("search.spokenMore", { count }) : t("search.spoken", { count }));
  }, [words, count, isMore]);
}

const focusWhenShown = (input: HTMLInputElement | null) => input?.focus();

/** The browser's own cross would stand beside ours. */
const FIELD = {
  fontSize: "1.0625rem",
  "& input::-webkit-search-cancel-button": { display: "none" },
} as const;

/** It stays where it is when the list grows: the field does not move under the hand. */
const PLACE = { "& .MuiDialog-container": { alignItems: { sm: "flex-start" }, pt: { sm: "8vh" } } };
