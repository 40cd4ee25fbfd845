/** "5 min. ago", with the exact time for whoever asks. */
import { formatDateTime, formatRelativeTime } from "@/i18n";

import { useNow } from "./clock";

export function RelativeTime({ time }: { readonly time: string }) {
  const now = useNow();
  return (
    <time dateTime={time} title={formatDateTime(time)}>
      {formatRelativeTime(time, Math.max(now, Date.parse(time)))}
    </time>
  );
}
