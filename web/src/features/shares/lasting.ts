/** How long links are there. */
export const LASTINGS = ["day", "week", "month", "never"] as const;
export type Lasting = (typeof LASTINGS)[number];

const DAY_MS = 86_400_000;
const DAYS: Readonly<Record<Exclude<Lasting, "never">, number>> = { day: 1, week: 7, month: 30 };

/** When a link that is made now expires; null is never. */
export const expiresAt = (lasting: Lasting, now: number): string | null =>
  lasting === "never" ? null : new Date(now + DAYS[lasting] * DAY_MS).toISOString();
