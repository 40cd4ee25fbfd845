/**
 * Notifications by the browser: whether they can be had, and the asking for them.
 *
 * The rule it keeps: nobody is asked who has not pressed something that says so.
 */

/** A page in a frame of others may not ask; Android shows what service workers show, and nothing else. */
export const canNotify = (): boolean =>
  "Notification" in window && window.top === window && !/android/i.test(navigator.userAgent);

/** Were they refused? Then only the browser's own settings can change that. */
export const isRefused = (): boolean => canNotify() && Notification.permission === "denied";

/** Ask, if that was not done before; tells whether they may be shown. */
export async function mayNotify(): Promise<boolean> {
  return canNotify() && (await Notification.requestPermission()) === "granted";
}
