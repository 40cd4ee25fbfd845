/**
 * How many characters fit a line of a talk, for those who guess a height before anything is drawn.
 *
 * The rule it keeps: the window is measured once for each of its sizes, since to ask for that lays out the page.
 */
import { preferences } from "@/storage/preferences";
import { CHAT_PX } from "@/theme/theme";

const SIDEBAR_PX = 280;
const DRAWER_BELOW_PX = 700;
const PHONE_BELOW_PX = 600;
/** What is left for a text in a column of 800 px. */
const USUAL_PX = textPx(CHAT_PX.narrow, false);

let windowPx = 0;
addEventListener("resize", () => (windowPx = 0));

/** Of those that fit a line in a column of 800 px, so many fit one here. */
export function lineChars(usual: number): number {
  windowPx ||= innerWidth;
  const { chatWidth, sidebarOpen } = preferences();
  const beside = sidebarOpen && windowPx >= DRAWER_BELOW_PX ? SIDEBAR_PX : 0;
  const column = Math.min(CHAT_PX[chatWidth], windowPx - beside);
  return Math.round((usual * textPx(column, windowPx < PHONE_BELOW_PX)) / USUAL_PX);
}

/** On a phone a text has the whole column, elsewhere four fifths of it, beside a picture. */
function textPx(column: number, isPhone: boolean): number {
  return isPhone ? column - 32 : (column - 48) * 0.8 - 44;
}
