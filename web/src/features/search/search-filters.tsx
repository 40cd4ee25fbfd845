/** What narrows a search: one agent, files, pins, the archive, a time. Each is a button that is pressed or not. */
import Box from "@mui/material/Box";
import MenuItem from "@mui/material/MenuItem";
import Select from "@mui/material/Select";

import { useAgents } from "@/api/queries";
import type { Search } from "@/api/search-queries";
import { agentName } from "@/components/agent-name";
import { t } from "@/i18n/search";

export const ANY_TIME = 0;
const TIMES = [
  [ANY_TIME, "search.anyTime"],
  [7, "search.lastWeek"],
  [30, "search.lastMonth"],
  [365, "search.lastYear"],
] as const;
const DAY_MS = 86_400_000;

export interface Filters {
  readonly agentId: string | null;
  readonly hasFile: boolean;
  readonly isPinned: boolean;
  readonly inArchive: boolean;
  /** How many days back; `ANY_TIME`: no limit. */
  readonly days: number;
}

/** The search for some words; `days` count from midnight, so that the same words are the same search all day. */
export function searchOf(words: string, { days, ...filters }: Filters, now = Date.now()): Search {
  const since = days === ANY_TIME ? null : new Date(midnight(now) - days * DAY_MS).toISOString();
  return { words, ...filters, since };
}

const midnight = (now: number) => new Date(now).setHours(0, 0, 0, 0);

interface SearchFiltersProps {
  /** The agent that one talks with. */
  readonly agentId: string | null;
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
}

export function SearchFilters({ agentId, filters, onChange }: SearchFiltersProps) {
  const { data: agents = [] } = useAgents();
  const own = agents.find((agent) => agent.agent_id === agentId);
  const toggles = [
    ["hasFile", "search.withFiles"],
    ["isPinned", "search.pinned"],
    ["inArchive", "search.archived"],
  ] as const;
  return (
    <Box role="group" aria-label={t("search.filters")} sx={FILTERS}>
      {own !== undefined && agents.length > 1 && (
        <Toggle
          label={agentName(own)}
          isOn={filters.agentId !== null}
          onToggle={(isOn) => onChange({ ...filters, agentId: isOn ? own.agent_id : null })}
        />
      )}
      {toggles.map(([name, label]) => (
        <Toggle
          key={name}
          label={t(label)}
          isOn={filters[name]}
          onToggle={(isOn) => onChange({ ...filters, [name]: isOn })}
        />
      ))}
      <Select
        size="small"
        variant="standard"
        disableUnderline
        value={filters.days}
        inputProps={{ "aria-label": t("search.time") }}
        onChange={(change) => onChange({ ...filters, days: change.target.value })}
        sx={WHEN}
      >
        {TIMES.map(([days, label]) => (
          <MenuItem key={days} value={days}>
            {t(label)}
          </MenuItem>
        ))}
      </Select>
    </Box>
  );
}

interface ToggleProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onToggle: (isOn: boolean) => void;
}

function Toggle({ label, isOn, onToggle }: ToggleProps) {
  return (
    <Box
      component="button"
      type="button"
      dir="auto"
      aria-pressed={isOn}
      onClick={() => onToggle(!isOn)}
      sx={CHIP}
    >
      {label}
    </Box>
  );
}

const FILTERS = { display: "flex", flexWrap: "wrap", alignItems: "center", gap: 0.75, pt: 1 };

/** As high and as round as the chips beside it. */
const WHEN = {
  typography: "caption",
  color: "text.secondary",
  border: 1,
  borderColor: "surface.outline",
  borderRadius: "13px",
  "& .MuiSelect-select": { py: 0, minHeight: 24, lineHeight: "24px", paddingInlineStart: 1.25 },
  "& .MuiSelect-select:focus": { bgcolor: "transparent" },
  "&:focus-within": { outline: "2px solid", outlineColor: "primary.main", outlineOffset: 2 },
  "@media (pointer: coarse)": {
    borderRadius: "22px",
    "& .MuiSelect-select": { minHeight: 42, lineHeight: "42px" },
  },
} as const;

const CHIP = {
  px: 1.25,
  minHeight: 26,
  maxWidth: 180,
  overflow: "hidden",
  textOverflow: "ellipsis",
  whiteSpace: "nowrap",
  font: "inherit",
  typography: "caption",
  color: "text.secondary",
  bgcolor: "transparent",
  border: 1,
  borderColor: "surface.outline",
  borderRadius: "13px",
  cursor: "pointer",
  "&:hover": { bgcolor: "action.hover" },
  "&[aria-pressed=true]": {
    color: "primary.main",
    borderColor: "primary.main",
    bgcolor: "rgb(var(--t-palette-primary-mainChannel) / 0.12)",
  },
  "@media (pointer: coarse)": { minHeight: 44, borderRadius: "22px" },
} as const;
