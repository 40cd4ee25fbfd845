/** The events of a turn as the server has sent them: in rows that unfold, by type, for copying and saving. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import MenuItem from "@mui/material/MenuItem";
import Select from "@mui/material/Select";
import { useState } from "react";

import type { TurnPlace } from "@/api/client";
import type { EventFrame } from "@/api/events";
import type { Turn } from "@/api/types";
import { ActionButton } from "@/components/action-button";
import { Disclosure } from "@/components/disclosure";
import { NotLoaded } from "@/components/not-loaded";
import { saveBytes } from "@/components/save";
import { formatDuration } from "@/i18n";
import { t } from "@/i18n/inspector";
import { DownloadIcon } from "@/icons/icons";
import { MONO } from "@/theme/theme";

import { asLines, type EventRow, eventRows, typesOf } from "./event-rows";
import { CopyValue, LongJson, Quiet } from "./part-section";
import { PaneSkeleton } from "./sought-turn";
import { type ReadLog, useTurnLog } from "./use-turn-log";

/** So many rows are drawn until somebody asks for more. */
const PAGE = 100;
const ALL = "";

export function EventsPart({ place, turn }: { readonly place: TurnPlace; readonly turn: Turn }) {
  const log = useTurnLog(place, turn);
  const { frames, error, isReading } = log;
  if (frames.length === 0) return error === null ? <PaneSkeleton /> : <NotRead log={log} />;
  return (
    <>
      <Rows turn={turn} frames={frames} />
      {isReading && <Quiet>{t("events.reading")}</Quiet>}
      {error !== null && <NotRead log={log} />}
      {log.hasMore && (
        <Button size="small" disabled={isReading} onClick={log.readOn}>
          {t("events.readMore")}
        </Button>
      )}
    </>
  );
}

export function NotRead({ log }: { readonly log: ReadLog }) {
  return <NotLoaded title={t("events.notRead")} error={log.error} onRetry={log.readOn} />;
}

function Rows({ turn, frames }: { readonly turn: Turn; readonly frames: readonly EventFrame[] }) {
  const [type, setType] = useState(ALL);
  const [shown, setShown] = useState(PAGE);
  const rows = eventRows(frames, type === ALL ? null : type);
  const label = t("events.filter");
  return (
    <>
      <Box sx={{ display: "flex", alignItems: "center", gap: 0.5, mb: 1 }}>
        <Select
          size="small"
          value={type}
          displayEmpty
          inputProps={{ "aria-label": label }}
          onChange={(event) => {
            setType(event.target.value);
            setShown(PAGE);
          }}
          sx={SELECT}
        >
          <MenuItem value={ALL}>{t("events.all", { count: frames.length })}</MenuItem>
          {typesOf(frames).map(([each, count]) => (
            <MenuItem key={each} value={each}>
              {t("events.one", { type: each, count })}
            </MenuItem>
          ))}
        </Select>
        <ActionButton
          label={t("events.download")}
          icon={<DownloadIcon sx={{ fontSize: 20 }} />}
          onClick={() => saveBytes(jsonLines(frames), `turn-${turn.turn_id}.jsonl`)}
        />
      </Box>
      <Box component="ol" aria-label={t("events.list")} sx={LIST}>
        {rows.slice(0, shown).map((row) => (
          <Row key={row.key} row={row} since={turn.started_at} />
        ))}
      </Box>
      <More count={rows.length - shown} onMore={() => setShown(shown + PAGE)} />
    </>
  );
}

function More({ count, onMore }: { readonly count: number; readonly onMore: () => void }) {
  if (count <= 0) return null;
  return (
    <Button size="small" onClick={onMore}>
      {t("events.showMore", { count: Math.min(count, PAGE) })}
    </Button>
  );
}

function Row({ row, since }: { readonly row: EventRow; readonly since: string }) {
  const [first] = row.frames;
  if (first === undefined) return null;
  const time = "at" in first.payload ? Date.parse(first.payload.at) - Date.parse(since) : null;
  return (
    <li>
      <Disclosure
        summary={
          <Box component="span" sx={LINE}>
            <Box component="span" sx={ID}>
              {first.id}
            </Box>
            <Box component="span" sx={{ overflow: "hidden", textOverflow: "ellipsis" }}>
              {row.type}
            </Box>
            <Box component="span" sx={{ color: "text.secondary" }}>
              {row.frames.length > 1
                ? t("events.pieces", { count: row.frames.length })
                : time === null
                  ? ""
                  : formatDuration(Math.max(0, time))}
            </Box>
          </Box>
        }
      >
        <Payloads row={row} />
      </Disclosure>
    </li>
  );
}

function Payloads({ row: { frames, type } }: { readonly row: EventRow }) {
  const [shown, setShown] = useState(20);
  return (
    <Box sx={{ display: "grid", gap: 0.75, py: 0.5, minWidth: 0 }}>
      {frames.slice(0, shown).map(({ id, payload }) => (
        <Box key={id} sx={{ display: "flex", alignItems: "start", gap: 0.5, minWidth: 0 }}>
          <Box sx={{ flex: 1, minWidth: 0 }}>
            <LongJson value={payload} label={`${type} ${id}`} />
          </Box>
          <CopyValue what={t("events.copy")} value={{ id, event: payload }} />
        </Box>
      ))}
      <More count={frames.length - shown} onMore={() => setShown(shown + PAGE)} />
    </Box>
  );
}

const jsonLines = (frames: readonly EventFrame[]) =>
  new Blob([asLines(frames)], { type: "application/jsonl" });

const SELECT = {
  flex: 1,
  minWidth: 0,
  "& .MuiSelect-select": { py: 0.75, typography: "body2" },
} as const;

const LIST = { listStyle: "none", m: 0, p: 0, "& > li": { minWidth: 0 } } as const;

const LINE = {
  display: "grid",
  gridTemplateColumns: "5.5em minmax(0, 1fr) auto",
  columnGap: 1,
  width: "min(312px, 70vw)",
  fontFamily: MONO,
  fontSize: "0.75rem",
  textAlign: "start",
  whiteSpace: "nowrap",
  color: "text.primary",
} as const;

const ID = { color: "text.secondary", overflow: "hidden", textOverflow: "ellipsis" } as const;
