/** Numbers, sizes, times and durations as the locale writes them. */
import { perSpeech, speech } from "./speech";

/** How dates are written, by what of them is wanted. */
export const dates = (options: Intl.DateTimeFormatOptions) =>
  perSpeech(({ locale }) => new Intl.DateTimeFormat(locale, options));

const number = perSpeech(({ locale }) => new Intl.NumberFormat(locale));
const relative = perSpeech(
  ({ locale }) => new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" }),
);
const dateTime = dates({ dateStyle: "medium", timeStyle: "short" });
const date = dates({ dateStyle: "medium" });

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** Largest first: the first unit that fits is the one to say. */
const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", DAY],
  ["hour", HOUR],
  ["minute", MINUTE],
  ["second", 1],
];

export function formatNumber(value: number): string {
  return number().format(value);
}

export function formatDateTime(time: string | number | Date): string {
  return dateTime().format(new Date(time));
}

/** "5 min. ago"; a date once it is more than a week away. */
export function formatRelativeTime(time: string | number | Date, now = Date.now()): string {
  const seconds = (new Date(time).getTime() - now) / 1000;
  const size = Math.abs(seconds);
  if (size >= WEEK) return date().format(new Date(time));
  const [unit, length] = UNITS.find(([, least]) => size >= least) ?? ["second", 1];
  return relative().format(size < 5 ? 0 : Math.trunc(seconds / length), unit);
}

const unit = (name: "millisecond" | "second" | "minute" | "hour", digits = 0) =>
  perSpeech(
    ({ locale }) =>
      new Intl.NumberFormat(locale, {
        style: "unit",
        unit: name,
        unitDisplay: "narrow",
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }),
  );

const milliseconds = unit("millisecond");
const tenths = unit("second", 1);
const seconds = unit("second");
const minutes = unit("minute");
const hours = unit("hour");

/** "340ms", "12.4s", "2m 5s", "1h 3m". */
export function formatDuration(ms: number): string {
  if (ms < 1000) return milliseconds().format(Math.max(0, Math.round(ms)));
  if (ms < 59_950) return tenths().format(ms / 1000);
  const whole = Math.round(ms / 1000);
  if (whole < HOUR)
    return `${minutes().format(Math.floor(whole / 60))} ${seconds().format(whole % 60)}`;
  const rest = Math.floor((whole % HOUR) / MINUTE);
  return `${hours().format(Math.floor(whole / HOUR))} ${minutes().format(rest)}`;
}

const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** "182 kB", in powers of a thousand. */
export function formatBytes(bytes: number): string {
  const power = Math.min(SIZES.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return new Intl.NumberFormat(speech().locale, {
    style: "unit",
    unit: SIZES[power] ?? "byte",
    unitDisplay: power === 0 ? "long" : "short",
    maximumSignificantDigits: 3,
  }).format(bytes / 1000 ** power);
}
