/**
 * A turn played again from its events, by the reducer that draws all turns; nothing is asked of a model.
 *
 * The rule it keeps: who wants little motion sees step after step, and no text that types itself.
 */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Slider from "@mui/material/Slider";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import useMediaQuery from "@mui/material/useMediaQuery";
import { useEffect, useMemo, useState } from "react";

import type { TurnPlace } from "@/api/client";
import type { EventFrame } from "@/api/events";
import type { Turn } from "@/api/types";
import { formatDuration } from "@/i18n";
import { t } from "@/i18n/inspector";
import { PauseIcon, PlayIcon, RetryIcon } from "@/icons/icons";
import { TurnRenderer } from "@/renderers/turn-renderer";
import { ThenContext } from "@/renderers/use-now";

import { NotRead } from "./events-part";
import { Quiet } from "./part-section";
import { filmOf, happenedBy, isCondensed, Projector } from "./replay";
import {
  finish,
  isAtEnd,
  isPlaying,
  lengthened,
  pause,
  play,
  positionAt,
  type ReplayClock,
  seek,
  type Speed,
  stoppedClock,
  withSpeed,
} from "./replay-clock";
import { PaneSkeleton } from "./sought-turn";
import { useTurnLog } from "./use-turn-log";

export function ReplayPart({ place, turn }: { readonly place: TurnPlace; readonly turn: Turn }) {
  const log = useTurnLog(place, turn);
  if (log.error !== null) return <NotRead log={log} />;
  if (log.isReading || log.frames.length === 0) return <PaneSkeleton />;
  return <Theatre frames={log.frames} isWhole={!log.hasMore} />;
}

interface TheatreProps {
  readonly frames: readonly EventFrame[];
  readonly isWhole: boolean;
}

function Theatre({ frames, isWhole }: TheatreProps) {
  const film = useMemo(() => filmOf(frames), [frames]);
  const projector = useMemo(() => new Projector(frames), [frames]);
  const isCalm = useMediaQuery("(prefers-reduced-motion: reduce)", { noSsr: true });
  const { clock, now, change } = useReplayClock(film.length);
  const position = positionAt(clock, now);
  const count = Math.max(1, happenedBy(film, position, isCalm && position < film.length));
  const turn = projector.after(count);
  const notes = [
    ...(isWhole ? [] : [t("replay.incomplete", { count: frames.length })]),
    ...(isCondensed(frames) ? [t("replay.condensed")] : []),
    ...(film.isCut ? [t("replay.cut")] : []),
    ...(isCalm ? [t("replay.calm")] : []),
  ];
  return (
    <Box sx={{ display: "grid", gap: 1.5, minWidth: 0 }}>
      <Controls clock={clock} position={position} onChange={change} />
      {notes.map((note) => (
        <Quiet key={note}>{note}</Quiet>
      ))}
      {turn !== null && (
        <Box role="group" aria-label={t("replay.label")} sx={STAGE}>
          <ThenContext value={timeOf(frames, count)}>
            <TurnRenderer turn={turn} agentName={t("message.agent")} actions={null} />
          </ThenContext>
        </Box>
      )}
    </Box>
  );
}

/** The last time that the events so far name. */
function timeOf(frames: readonly EventFrame[], count: number): number {
  for (let place = count - 1; place >= 0; place -= 1) {
    const payload = frames[place]?.payload;
    if (payload !== undefined && "at" in payload) return Date.parse(payload.at);
  }
  return 0;
}

/** A clock that goes with the frames of the screen, and costs nothing while it stands. */
function useReplayClock(length: number) {
  const [kept, setClock] = useState<ReplayClock>(() => stoppedClock(length));
  const [now, setNow] = useState(0);
  const clock = lengthened(kept, length);
  const isGoing = isPlaying(clock);
  useEffect(() => {
    if (!isGoing) return;
    let frame = 0;
    const tick = () => {
      const time = performance.now();
      setNow(time);
      setClock((before) => (isAtEnd(before, time) ? pause(before, time) : before));
      frame = requestAnimationFrame(tick);
    };
    frame = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(frame);
  }, [isGoing]);
  const change = (to: (clock: ReplayClock, now: number) => ReplayClock) => {
    const time = performance.now();
    setNow(time);
    setClock(to(clock, time));
  };
  return { clock, now, change };
}

const SPEEDS: readonly Speed[] = [1, 2, 8];

interface ControlsProps {
  readonly clock: ReplayClock;
  readonly position: number;
  readonly onChange: (to: (clock: ReplayClock, now: number) => ReplayClock) => void;
}

function Controls({ clock, position, onChange }: ControlsProps) {
  const isGoing = isPlaying(clock);
  const isOver = position >= clock.length;
  const places = { at: formatDuration(position), total: formatDuration(clock.length) };
  return (
    <Box sx={{ display: "grid", gap: 0.5 }}>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1 }}>
        <Button
          variant="tonal"
          size="small"
          startIcon={isGoing ? <PauseIcon /> : isOver ? <RetryIcon /> : <PlayIcon />}
          onClick={() => onChange(isGoing ? pause : play)}
        >
          {t(isGoing ? "replay.pause" : isOver ? "replay.again" : "replay.play")}
        </Button>
        <ToggleButtonGroup
          exclusive
          size="small"
          aria-label={t("replay.speed")}
          value={clock.speed}
          onChange={(_, speed: Speed | null) =>
            speed !== null && onChange((before, now) => withSpeed(before, speed, now))
          }
        >
          {SPEEDS.map((speed) => (
            <ToggleButton key={speed} value={speed} sx={SPEED}>
              {t("replay.times", { n: speed })}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
        <Button size="small" color="inherit" disabled={isOver} onClick={() => onChange(finish)}>
          {t("replay.instant")}
        </Button>
      </Box>
      <Box sx={{ display: "flex", alignItems: "center", gap: 1.5, px: 1 }}>
        <Slider
          size="small"
          aria-label={t("replay.place")}
          min={0}
          max={Math.max(1, clock.length)}
          step={Math.max(1, clock.length / 200)}
          value={Math.min(position, clock.length)}
          getAriaValueText={() => t("replay.at", places)}
          onChange={(_, to) => onChange((before, now) => seek(before, to, now))}
          sx={{ "& .MuiSlider-thumb, & .MuiSlider-track": { transition: "none" } }}
        />
        <Box sx={TIME}>{t("replay.at", places)}</Box>
      </Box>
    </Box>
  );
}

const SPEED = {
  px: 1,
  py: 0.25,
  fontVariantNumeric: "tabular-nums",
  textTransform: "none",
} as const;

const TIME = {
  typography: "caption",
  color: "text.secondary",
  whiteSpace: "nowrap",
  minWidth: "9em",
  textAlign: "end",
  fontVariantNumeric: "tabular-nums",
} as const;

const STAGE = {
  minWidth: 0,
  p: 1.5,
  border: 1,
  borderColor: "divider",
  borderRadius: 1,
  bgcolor: "background.paper",
} as const;
