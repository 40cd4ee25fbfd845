/** The turn that somebody saw the end of last, known to all tabs of this browser. */
const KEY = "tertulia-seen";

export function sawEnd(turnId: string): void {
  try {
    localStorage.setItem(KEY, turnId);
  } catch {
    // Storage is closed to us: at worst another tab tells what was seen in this one.
  }
}

export function wasSeen(turnId: string): boolean {
  try {
    return localStorage.getItem(KEY) === turnId;
  } catch {
    return false;
  }
}
