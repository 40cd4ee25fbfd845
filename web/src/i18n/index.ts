/** The words of the page: `t` and the formats. */
export {
  dates,
  formatBytes,
  formatDateTime,
  formatDuration,
  formatNumber,
  formatRelativeTime,
} from "./format";
export { speech } from "./speech";
export { t, type Key } from "./t";
