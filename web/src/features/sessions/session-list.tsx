/**
 * The list itself: only the rows in sight are in the page, more are fetched before the end is seen.
 *
 * One row is a tab stop; the arrows, Home and End move along the rows (roving tabindex).
 */
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";

import { SessionRowsSkeleton } from "@/components/skeletons";
import { t } from "@/i18n";

import { SessionRow } from "./session-row";
import type { SessionRow as Row } from "./session-rows";
import type { SessionActions } from "./use-session-actions";

interface SessionListProps {
  /** Null: on their way. */
  readonly rows: readonly Row[] | null;
  readonly openId: string | null;
  readonly actions: SessionActions;
  readonly hasMore: boolean;
  readonly onLoadMore: () => void;
}

const ROW_PX = 36;
const HEADING_PX = 40;
/** More is fetched when the last row is this near. */
const AHEAD = 10;

export function SessionList({ rows, ...list }: SessionListProps) {
  return rows === null ? <SessionRowsSkeleton /> : <Rows rows={rows} {...list} />;
}

interface RowsProps extends SessionListProps {
  readonly rows: readonly Row[];
}

function Rows({ rows, openId, actions, hasMore, onLoadMore }: RowsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- the compiler is not used here
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (rows[index]?.kind === "heading" ? HEADING_PX : ROW_PX),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  const isNearEnd = last >= rows.length - AHEAD;
  useEffect(() => {
    if (hasMore && isNearEnd) onLoadMore();
  }, [hasMore, isNearEnd, rows.length, onLoadMore]);

  const { tabStop, onKeyDown } = useRoving(rows, openId, (index) => virtual.scrollToIndex(index));

  return (
    <Box
      ref={scroller}
      sx={{ flex: 1, minHeight: 0, overflowY: "auto", px: 1, scrollbarWidth: "thin" }}
    >
      <Box
        component="ul"
        aria-label={t("sessions.list")}
        onKeyDown={onKeyDown}
        sx={{ position: "relative", m: 0, p: 0, listStyle: "none" }}
        style={{ height: virtual.getTotalSize() }}
      >
        {items.map((item) => {
          const row = rows[item.index];
          return row === undefined ? null : (
            <li
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              style={{ position: "absolute", insetInline: 0, top: item.start }}
            >
              {row.kind === "heading" ? (
                <Heading label={row.label} />
              ) : (
                <SessionRow
                  session={row.session}
                  actions={actions}
                  isOpen={row.key === openId}
                  isTabStop={row.key === tabStop}
                />
              )}
            </li>
          );
        })}
      </Box>
    </Box>
  );
}

function Heading({ label }: { readonly label: string }) {
  return (
    <Typography
      component="h2"
      variant="overline"
      sx={{ px: 1.25, pt: 2, pb: 0.5, color: "text.secondary" }}
    >
      {label}
    </Typography>
  );
}

const STEPS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => Math.min(at + 1, count - 1),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** Which row Tab stops at, and how the keys move it. */
function useRoving(rows: readonly Row[], openId: string | null, reveal: (index: number) => void) {
  const [chosen, setChosen] = useState<string | null>(null);
  const sessions = rows.flatMap((row) => (row.kind === "session" ? [row.key] : []));
  const tabStop =
    [chosen, openId].find((key) => key !== null && sessions.includes(key)) ?? sessions[0];

  const onKeyDown = (press: KeyboardEvent<HTMLElement>) => {
    const step = STEPS[press.key];
    if (step === undefined || press.altKey || press.ctrlKey || press.metaKey) return;
    const target = sessions[step(sessions.indexOf(tabStop ?? ""), sessions.length)];
    if (target === undefined) return;
    press.preventDefault();
    setChosen(target);
    const index = rows.findIndex((row) => row.key === target);
    const list = press.currentTarget;
    reveal(index);
    // The row may have to be drawn first.
    requestAnimationFrame(() => {
      requestAnimationFrame(() =>
        list.querySelector<HTMLElement>(`[data-index="${index}"] a`)?.focus(),
      );
    });
  };
  return { tabStop, onKeyDown };
}
