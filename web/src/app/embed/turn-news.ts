/** What has become of the turns of a session since it was looked at last. */
import type { Turn } from "@/api/types";
import type { News } from "@/embed/protocol";
import { isAtRest } from "@/turn/turn-status";

type TurnNews = Extract<News, { readonly type: "turn" }>;

/** Turns that had come to rest before the session was opened are no news. */
export class TurnNewsOf {
  readonly #known = new Map<string, string>();
  #isOpened = false;

  /** Those that are new, or stand otherwise than before, oldest first. */
  of(turns: readonly Turn[]): readonly TurnNews[] {
    const changed = turns.filter((turn) => this.#known.get(turn.turn_id) !== turn.status);
    const news = changed.filter(
      (turn) => this.#isOpened || !isAtRest(turn) || this.#known.has(turn.turn_id),
    );
    for (const turn of changed) this.#known.set(turn.turn_id, turn.status);
    this.#isOpened = true;
    return news.map(({ session_id: sessionId, turn_id: turnId, status }) => ({
      type: "turn",
      detail: { sessionId, turnId, status },
    }));
  }
}
