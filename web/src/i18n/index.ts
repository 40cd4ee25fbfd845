/** The words of the page: `t` and the formats. */
export {
  formatBytes,
  formatDateTime,
  formatDuration,
  formatNumber,
  formatRelativeTime,
} from "./format";
export { locale } from "./locale";
export { t, type Key } from "./t";
