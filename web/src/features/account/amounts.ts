/** Amounts of what can be limited, as people read and write them: files in megabytes, all else as it is. */
import type { LimitName } from "@/api/types";
import { formatBytes, formatNumber } from "@/i18n";

/** In the order in which they matter to people. */
export const LIMIT_NAMES = [
  "tokens_per_day",
  "storage_bytes",
  "requests_per_minute",
  "concurrent_turns",
  "open_streams",
] as const satisfies readonly LimitName[];

export const amountOf = (name: LimitName, amount: number): string =>
  name === "storage_bytes" ? formatBytes(amount) : formatNumber(amount);

const scaleOf = (name: LimitName): number => (name === "storage_bytes" ? 1_000_000 : 1);

/** As it stands in a field; empty: nothing was set. */
export const fieldOf = (name: LimitName, amount: number | null): string =>
  amount === null ? "" : String(amount / scaleOf(name));

/** What somebody wrote: null for nothing, undefined when it is no amount. A decimal comma is understood. */
export function amountIn(name: LimitName, text: string): number | null | undefined {
  const written = text.trim().replace(",", ".");
  if (written === "") return null;
  const scaled = Number(written) * scaleOf(name);
  const amount = name === "storage_bytes" ? Math.round(scaled) : scaled;
  return Number.isSafeInteger(amount) && amount >= 0 ? amount : undefined;
}
