/** When a session was last active, in the least room: "14:32", "Tue", "2 Nov". */
import { useNow } from "@/components/clock";
import { dates, formatDateTime } from "@/i18n";

const time = dates({ hour: "numeric", minute: "2-digit" });
const weekday = dates({ weekday: "short" });
const day = dates({ day: "numeric", month: "short" });

const DAY = 86_400_000;

export function SessionTime({ at }: { readonly at: string }) {
  const now = new Date(useNow());
  const then = new Date(at);
  const isToday = then.toDateString() === now.toDateString();
  const format = isToday ? time : now.getTime() - then.getTime() < 6 * DAY ? weekday : day;
  return (
    <time dateTime={at} title={formatDateTime(at)}>
      {format().format(then)}
    </time>
  );
}
