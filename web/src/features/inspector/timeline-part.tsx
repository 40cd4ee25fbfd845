/**
 * The steps of a turn as bars on its time. The arrows go from step to step; what is chosen is shown
 * below.
 */
import Box from "@mui/material/Box";
import { type KeyboardEvent, useRef } from "react";

import type { Turn } from "@/api/types";
import { VisuallyHidden } from "@/components/visually-hidden";
import { formatDuration, formatNumber } from "@/i18n";
import { t } from "@/i18n/inspector";
import { useNow } from "@/renderers/use-now";
import { isAtRest } from "@/turn/turn-status";

import { iconOf, nameOf, type Standing, standingOf, tokensOf } from "./step-looks";
import { type Bar, layOut } from "./timeline-layout";

interface Props {
  readonly turn: Turn;
  readonly selected: string | null;
  readonly onSelect: (stepId: string) => void;
}

export function TimelinePart(props: Props) {
  return isAtRest(props.turn) ? (
    <Chart {...props} now={Date.parse(props.turn.completed_at ?? props.turn.started_at)} />
  ) : (
    <LiveChart {...props} />
  );
}

function LiveChart(props: Props) {
  return <Chart {...props} now={useNow(250)} />;
}

function Chart({ turn, selected, onSelect, now }: Props & { readonly now: number }) {
  const list = useRef<HTMLDivElement>(null);
  const { bars, total, isCut } = layOut(turn, now);
  const onKeyDown = (press: KeyboardEvent) => {
    const to = placeAfter(press.key, bars, selected);
    const bar = to === null ? undefined : bars[to];
    if (bar === undefined) return;
    press.preventDefault();
    onSelect(bar.step.step_id);
    list.current?.querySelectorAll<HTMLElement>("[role=option]")[to ?? 0]?.focus();
  };
  return (
    <Box component="section" aria-label={t("timeline.title")} sx={SECTION}>
      <Box aria-hidden sx={{ ...GRID, ...LEGEND }}>
        <span>{t("timeline.step")}</span>
        <Box sx={{ display: "flex", justifyContent: "space-between" }}>
          <span>0</span>
          <span>{formatDuration(total)}</span>
        </Box>
        <Box sx={FIGURE}>{t("timeline.time")}</Box>
        <Box sx={FIGURE}>{t("timeline.tokens")}</Box>
      </Box>
      {bars.length === 0 ? (
        <Box sx={{ typography: "body2", color: "text.secondary", py: 0.5 }}>
          {t("timeline.none")}
        </Box>
      ) : (
        <Box ref={list} role="listbox" aria-label={t("turn.steps")} sx={LIST}>
          {bars.map((bar) => (
            <Row
              key={bar.step.step_id}
              bar={bar}
              isSelected={bar.step.step_id === selected}
              onSelect={onSelect}
              onKeyDown={onKeyDown}
            />
          ))}
        </Box>
      )}
      {isCut && (
        <Box sx={{ typography: "caption", color: "text.secondary" }}>{t("timeline.cut")}</Box>
      )}
    </Box>
  );
}

/** Where a key leads in the list; null when it means nothing there. */
function placeAfter(key: string, bars: readonly Bar[], selected: string | null): number | null {
  const at = bars.findIndex(({ step }) => step.step_id === selected);
  switch (key) {
    case "ArrowDown":
      return Math.min(bars.length - 1, at + 1);
    case "ArrowUp":
      return Math.max(0, at - 1);
    case "Home":
      return 0;
    case "End":
      return bars.length - 1;
    default:
      return null;
  }
}

interface RowProps {
  readonly bar: Bar;
  readonly isSelected: boolean;
  readonly onSelect: (stepId: string) => void;
  readonly onKeyDown: (press: KeyboardEvent) => void;
}

function Row({ bar, isSelected, onSelect, onKeyDown }: RowProps) {
  const { step } = bar;
  const standing = standingOf(step);
  const tokens = tokensOf(step);
  const duration = formatDuration(bar.took);
  return (
    <Box
      role="option"
      aria-selected={isSelected}
      tabIndex={isSelected ? 0 : -1}
      onClick={() => onSelect(step.step_id)}
      onKeyDown={onKeyDown}
      sx={{ ...GRID, ...ROW }}
    >
      <VisuallyHidden>{spoken(bar, standing)}</VisuallyHidden>
      <Box aria-hidden sx={NAME}>
        <Box component="span" sx={{ display: "inline-flex", fontSize: 16, flex: "none" }}>
          {iconOf(step)}
        </Box>
        <Box component="span" dir="auto" sx={ELLIPSIS}>
          {nameOf(step)}
        </Box>
      </Box>
      <Box aria-hidden sx={TRACK}>
        <Box sx={WAIT} style={{ insetInlineStart: `${bar.at}%`, width: `${bar.waitWidth}%` }} />
        <Box
          data-standing={standing}
          sx={BAR}
          style={{
            insetInlineStart: `${bar.at + bar.waitWidth}%`,
            width: `max(3px, ${bar.width}%)`,
          }}
        >
          <Box style={{ width: `${bar.silence}%` }} sx={SILENCE} />
        </Box>
      </Box>
      <Box aria-hidden sx={FIGURE}>
        {standing === "pending" || standing === "denied" ? t("timeline.unknown") : duration}
      </Box>
      <Box aria-hidden sx={FIGURE}>
        {tokens === null ? "" : formatNumber(tokens)}
      </Box>
    </Box>
  );
}

function spoken(bar: Bar, standing: Standing): string {
  const tokens = tokensOf(bar.step);
  return [
    t("timeline.spoken", {
      name: nameOf(bar.step),
      status: t(`step.${standing}`),
      start: formatDuration(bar.start),
    }),
    t("timeline.spokenTook", { duration: formatDuration(bar.took) }),
    ...(tokens === null ? [] : [t("step.tokens", { count: tokens })]),
  ].join(", ");
}

const SECTION = { flex: "none", px: 2, pb: 1.5, display: "grid", gap: 0.5, minWidth: 0 } as const;

const GRID = {
  display: "grid",
  gridTemplateColumns: "minmax(72px, 120px) minmax(48px, 1fr) 52px 48px",
  columnGap: 1,
  alignItems: "center",
} as const;

const LEGEND = { typography: "caption", color: "text.secondary" } as const;

const FIGURE = {
  typography: "caption",
  textAlign: "end",
  fontVariantNumeric: "tabular-nums",
  whiteSpace: "nowrap",
  overflow: "hidden",
  textOverflow: "ellipsis",
} as const;

const LIST = { maxHeight: "min(264px, 30dvh)", overflowY: "auto", mx: -0.75, px: 0.75 } as const;

const ROW = {
  position: "relative",
  minHeight: 28,
  px: 0.75,
  mx: -0.75,
  borderRadius: "6px",
  cursor: "default",
  color: "text.primary",
  "&:hover": { bgcolor: "surface.raised" },
  "&[aria-selected=true]": { bgcolor: "surface.raised" },
  "&:focus-visible": { outline: "2px solid", outlineColor: "primary.main", outlineOffset: -2 },
  "@media (forced-colors: active)": { "&[aria-selected=true]": { outline: "1px solid Highlight" } },
  "@media (pointer: coarse)": { minHeight: 44 },
} as const;

const NAME = { display: "flex", gap: 0.75, alignItems: "center", minWidth: 0 } as const;

const ELLIPSIS = {
  typography: "caption",
  overflow: "hidden",
  textOverflow: "ellipsis",
  whiteSpace: "nowrap",
} as const;

const TRACK = {
  position: "relative",
  height: 12,
  borderInline: "1px solid",
  borderColor: "divider",
} as const;

const BAR = {
  position: "absolute",
  insetBlock: "1px",
  display: "flex",
  borderRadius: "3px",
  overflow: "hidden",
  bgcolor: "primary.main",
  "&[data-standing=failed]": { bgcolor: "error.main" },
  "&[data-standing=cancelled], &[data-standing=denied]": { bgcolor: "text.secondary" },
  "&[data-standing=pending]": { bgcolor: "warning.main" },
  "@media (forced-colors: active)": { forcedColorAdjust: "none", bgcolor: "CanvasText" },
} as const;

/** What a model takes before it speaks is paler than its speaking. */
const SILENCE = { bgcolor: "rgb(var(--t-palette-background-defaultChannel) / 0.55)" } as const;

const WAIT = {
  position: "absolute",
  top: "5px",
  height: "2px",
  bgcolor: "warning.main",
} as const;
