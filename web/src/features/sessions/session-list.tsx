/**
 * The list itself: only the rows in sight are in the page, more are fetched before the end is seen.
 *
 * One row is a tab stop; the arrows, Home and End move along the rows (roving tabindex), and with Shift choose them.
 */
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, Suspense, useEffect, useRef, useState } from "react";

import { late } from "@/components/late";
import { matches, SHORTCUTS } from "@/components/shortcuts";
import { SessionRowsSkeleton } from "@/components/skeletons";
import { t } from "@/i18n";

import { SessionRow } from "./session-row";
import { type SessionRow as Row, sessionsOf } from "./session-rows";
import { type Selection, useSelection } from "./use-selection";
import type { SessionActions } from "./use-session-actions";

const BatchBar = late(async () => (await import("./batch-bar")).BatchBar);

interface SessionListProps {
  readonly agentId: string;
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

function Rows({ agentId, rows, openId, actions, hasMore, onLoadMore }: RowsProps) {
  const selection = useSelection(sessionsOf(rows), openId);
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

  const { tabStop, onKeyDown } = useRoving(rows, { openId, selection }, (index) =>
    virtual.scrollToIndex(index),
  );
  const leave = () => {
    selection.leave();
    // What had the focus may go with it: then the list takes it.
    afterDrawing(() => {
      if (document.activeElement === document.body)
        scroller.current?.querySelector<HTMLElement>("a[tabindex='0']")?.focus();
    });
  };

  return (
    <>
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
                    selection={selection}
                  />
                )}
              </li>
            );
          })}
        </Box>
      </Box>
      {selection.sessions.length > 0 && (
        <Suspense>
          <BatchBar
            agentId={agentId}
            sessions={selection.sessions}
            onAll={selection.all}
            onLeave={leave}
          />
        </Suspense>
      )}
    </>
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

interface Roving {
  readonly openId: string | null;
  readonly selection: Selection;
}

/** Which row Tab stops at, and how the keys move it. */
function useRoving(
  rows: readonly Row[],
  { openId, selection }: Roving,
  reveal: (index: number) => void,
) {
  const [chosen, setChosen] = useState<string | null>(null);
  const sessions = rows.flatMap((row) => (row.kind === "session" ? [row.key] : []));
  const tabStop =
    [chosen, openId].find((key) => key !== null && sessions.includes(key)) ?? sessions[0];

  const onKeyDown = (press: KeyboardEvent<HTMLElement>) => {
    if (matches(press, SHORTCUTS.selectAll)) {
      press.preventDefault();
      selection.all();
    }
    const step = STEPS[press.key];
    if (step === undefined || press.altKey || press.ctrlKey || press.metaKey) return;
    const target = sessions[step(sessions.indexOf(tabStop ?? ""), sessions.length)];
    if (target === undefined) return;
    press.preventDefault();
    if (press.shiftKey) selection.extendTo(target, tabStop);
    setChosen(target);
    const index = rows.findIndex((row) => row.key === target);
    const list = press.currentTarget;
    reveal(index);
    // The row may have to be drawn first.
    afterDrawing(() => list.querySelector<HTMLElement>(`[data-index="${index}"] a`)?.focus());
  };
  return { tabStop, onKeyDown };
}

const afterDrawing = (work: () => void) =>
  requestAnimationFrame(() => requestAnimationFrame(() => work()));
