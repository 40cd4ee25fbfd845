/** The list of what was found, with the words marked where they stand. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { Fragment, type ReactNode, useEffect, useRef } from "react";

import type { useSearch } from "@/api/search-queries";
import type { Hit, Snippet } from "@/api/types";
import { Kbd } from "@/components/kbd";
import { NotLoaded } from "@/components/not-loaded";
import { paths } from "@/components/paths";
import { RelativeTime } from "@/components/relative-time";
import { t } from "@/i18n/search";

import type { Command } from "./commands";

export type Choice =
  | { readonly kind: "command"; readonly key: string; readonly command: Command }
  | { readonly kind: "hit"; readonly key: string; readonly hit: Hit; readonly href: string };

/** Commands first: they are few, and were asked for by name. */
export const choicesOf = (
  commands: readonly Command[],
  hits: readonly Hit[],
): readonly Choice[] => [
  ...commands.map((command): Choice => ({ kind: "command", key: command.key, command })),
  ...hits.map((hit): Choice => {
    const turnId = hit.turn_id ?? undefined;
    const key = `${hit.session_id} ${turnId ?? ""}`;
    return { kind: "hit", key, hit, href: paths.session(hit.agent_id, hit.session_id, turnId) };
  }),
];

interface SearchResultsProps {
  /** What the ids of the list and of its options begin with. */
  readonly id: string;
  readonly words: string;
  readonly choices: readonly Choice[];
  readonly at: number;
  readonly search: ReturnType<typeof useSearch>;
  readonly isFiltered: boolean;
  readonly onDropFilters: () => void;
  readonly onPoint: (at: number) => void;
  readonly onOpen: (choice: Choice) => void;
}

export function SearchResults(props: SearchResultsProps) {
  const { id, words, choices, at, search, onPoint, onOpen } = props;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const option = (choice: Choice, index: number) => (
    <Option
      key={choice.key}
      id={`${id}-${index}`}
      isChosen={index === at}
      onPoint={() => onPoint(index)}
      onOpen={() => onOpen(choice)}
    >
      {choice.kind === "command" ? (
        <CommandLine command={choice.command} />
      ) : (
        <HitLines hit={choice.hit} />
      )}
    </Option>
  );
  const firstHit = choices.filter((choice) => choice.kind === "command").length;
  return (
    <Box ref={list} sx={{ flex: 1, overflowY: "auto", p: 1, scrollbarWidth: "thin" }}>
      <Box role="listbox" id={`${id}-list`} aria-label={t("search.results")}>
        <Group label={t("search.commands")}>{choices.slice(0, firstHit).map(option)}</Group>
        <Group label={t("search.found")}>
          {choices.slice(firstHit).map((choice, place) => option(choice, firstHit + place))}
        </Group>
      </Box>
      {words === "" ? <Hint>{t("search.hint")}</Hint> : <End {...props} search={search} />}
    </Box>
  );
}

/** What stands below the hits: that there are none, that there are more, or why they did not come. */
function End({ words, search, isFiltered, onDropFilters }: SearchResultsProps) {
  if (search.error !== null)
    return <NotLoaded title={t("search.failed")} error={search.error} onRetry={search.refetch} />;
  if (search.hasNextPage)
    return (
      <Button
        fullWidth
        loading={search.isFetchingNextPage}
        onClick={() => void search.fetchNextPage()}
      >
        {t("search.more")}
      </Button>
    );
  if (search.isPlaceholderData || search.data === undefined || search.data.length > 0) return null;
  return (
    <Hint>
      {isFiltered ? t("search.nothingFiltered", { words }) : t("search.nothing", { words })}
      {isFiltered && (
        <Button size="small" onClick={onDropFilters} sx={{ display: "block", mt: 1, mx: "auto" }}>
          {t("search.dropFilters")}
        </Button>
      )}
    </Hint>
  );
}

interface GroupProps {
  readonly label: string;
  readonly children: readonly ReactNode[];
}

/** Options of one kind, under their name; nothing where there are none. */
const Group = ({ label, children }: GroupProps) =>
  children.length > 0 && (
    <Box role="group" aria-label={label}>
      <Typography
        aria-hidden
        variant="overline"
        component="div"
        sx={{ px: 1.25, pt: 1, color: "text.secondary" }}
      >
        {label}
      </Typography>
      {children}
    </Box>
  );

const Hint = ({ children }: { readonly children: ReactNode }) => (
  <Typography
    variant="body2"
    component="div"
    sx={{ px: 2, py: 3, color: "text.secondary", textAlign: "center", overflowWrap: "anywhere" }}
  >
    {children}
  </Typography>
);

interface OptionProps {
  readonly id: string;
  readonly isChosen: boolean;
  readonly onPoint: () => void;
  readonly onOpen: () => void;
  readonly children: ReactNode;
}

export function Option({ id, isChosen, onPoint, onOpen, children }: OptionProps) {
  return (
    // The keys are those of the field, which keeps the focus.
    <Box
      role="option"
      id={id}
      aria-selected={isChosen}
      onPointerMove={isChosen ? undefined : onPoint}
      onPointerDown={(press) => press.preventDefault()}
      onClick={onOpen}
      sx={OPTION}
    >
      {children}
    </Box>
  );
}

export const CommandLine = ({ command }: { readonly command: Command }) => (
  <Box sx={{ display: "flex", alignItems: "center", gap: 1 }}>
    <Box component="span" dir="auto" sx={{ flex: 1 }}>
      {command.label}
    </Box>
    {command.shortcut !== undefined && <Kbd shortcut={command.shortcut} />}
  </Box>
);

function HitLines({ hit }: { readonly hit: Hit }) {
  const snippets = hit.snippets.filter((snippet) => snippet.source !== "name");
  const name = hit.snippets.find((snippet) => snippet.source === "name");
  return (
    <>
      <Box sx={{ display: "flex", alignItems: "baseline", gap: 1 }}>
        <Box component="span" dir="auto" sx={NAME}>
          {name === undefined ? hit.session_name : <Marked snippet={name} />}
        </Box>
        <Typography variant="caption" sx={{ flex: "none", color: "text.secondary" }}>
          {hit.archived && `${t("search.inArchive")} · `}
          <RelativeTime time={hit.at} />
        </Typography>
      </Box>
      {snippets.map((snippet, index) => (
        <Box key={index} dir="auto" sx={SNIPPET}>
          <Box component="span" sx={{ fontWeight: 550 }}>
            {t(`search.source.${snippet.source}`)}:
          </Box>{" "}
          <Marked snippet={snippet} />
        </Box>
      ))}
    </>
  );
}

const Marked = ({ snippet }: { readonly snippet: Snippet }) =>
  snippet.parts.map(({ text, is_match: isMatch }, index) =>
    isMatch ? (
      <Box key={index} component="mark" sx={MARK}>
        {text}
      </Box>
    ) : (
      <Fragment key={index}>{text}</Fragment>
    ),
  );

const OPTION = {
  px: 1.25,
  py: 0.875,
  borderRadius: "8px",
  cursor: "pointer",
  typography: "body2",
  "&[aria-selected=true]": {
    bgcolor: "action.selected",
    "@media (forced-colors: active)": { outline: "2px solid Highlight" },
  },
} as const;

const NAME = {
  flex: 1,
  minWidth: 0,
  fontWeight: 550,
  overflow: "hidden",
  textOverflow: "ellipsis",
  whiteSpace: "nowrap",
} as const;

const SNIPPET = {
  mt: 0.25,
  color: "text.secondary",
  fontSize: "0.8125rem",
  overflow: "hidden",
  display: "-webkit-box",
  WebkitLineClamp: 2,
  WebkitBoxOrient: "vertical",
  overflowWrap: "anywhere",
} as const;

const MARK = {
  color: "text.primary",
  bgcolor: "rgb(var(--t-palette-primary-mainChannel) / 0.22)",
  borderRadius: "3px",
} as const;
