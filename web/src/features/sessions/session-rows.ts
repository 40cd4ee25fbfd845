/** Sessions as the rows of a list: the pinned ones first, the others under the time of their last activity. */
import type { Session } from "@/api/types";
import { dates, t } from "@/i18n";

export type SessionRow =
  | { readonly kind: "heading"; readonly key: string; readonly label: string }
  | { readonly kind: "session"; readonly key: string; readonly session: Session };

const monthOfYear = dates({ month: "long", year: "numeric" });
const month = dates({ month: "long" });

/** `others` come newest activity first; `now` in milliseconds. */
export function sessionRows(
  pinned: readonly Session[],
  others: readonly Session[],
  now: number,
): readonly SessionRow[] {
  const labelled = [
    ...pinned.map((session) => ({ session, label: t("sessions.pinned") })),
    ...others.map((session) => ({ session, label: timeLabel(session.updated_at, now) })),
  ];
  return labelled.flatMap(({ session, label }, index): SessionRow[] => {
    const row: SessionRow = { kind: "session", key: session.session_id, session };
    if (labelled[index - 1]?.label === label) return [row];
    return [{ kind: "heading", key: `heading ${label}`, label }, row];
  });
}

export const sessionsOf = (rows: readonly SessionRow[]): readonly Session[] =>
  rows.flatMap((row) => (row.kind === "session" ? [row.session] : []));

function timeLabel(time: string, now: number): string {
  const days = daysBetween(new Date(time), new Date(now));
  if (days <= 0) return t("sessions.today");
  if (days === 1) return t("sessions.yesterday");
  if (days <= 7) return t("sessions.lastWeek");
  const date = new Date(time);
  const isThisYear = date.getFullYear() === new Date(now).getFullYear();
  return asHeading((isThisYear ? month : monthOfYear)().format(date));
}

/** Many languages write months small, but not where a line begins. */
const asHeading = (label: string) => label.charAt(0).toLocaleUpperCase() + label.slice(1);

/** Midnights between two times, by the reader's calendar. */
function daysBetween(earlier: Date, later: Date): number {
  const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((midnight(later) - midnight(earlier)) / 86_400_000);
}
