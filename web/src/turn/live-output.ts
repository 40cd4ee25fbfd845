/**
 * What tools have put out while they run. It is no part of the turn: the server keeps what a tool
 * answers, and this is gone once it has.
 *
 * The rules it keeps: of a long output only the end is kept; a reader of one step hears only of that
 * step.
 */
import type { EventFrame } from "@/api/events";

/** More than anybody reads while it moves. */
const KEPT_CHARS = 32_768;

export class LiveOutput {
  /** By turn, then by step. */
  readonly #texts = new Map<string, Map<string, string>>();
  readonly #listeners = new Map<string, Set<() => void>>();

  read(turnId: string, stepId: string): string {
    return this.#texts.get(turnId)?.get(stepId) ?? "";
  }

  subscribe(stepId: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(stepId) ?? new Set();
    this.#listeners.set(stepId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(stepId);
    };
  }

  /** These events came of a turn; none of them twice. */
  hear(turnId: string, frames: readonly EventFrame[]): void {
    for (const { payload } of frames) {
      switch (payload.event_type) {
        case "step_progress":
          if (payload.delta.type === "tool_output")
            this.#add(turnId, payload.step_id, payload.delta.text);
          break;
        case "step_restart":
        case "step_complete":
          this.#texts.get(turnId)?.delete(payload.step_id);
          break;
        case "turn_awaiting_input":
        case "turn_complete":
        case "turn_failed":
        case "turn_cancelled":
          this.forget(turnId);
          break;
        default: // says nothing of what a tool puts out
      }
    }
  }

  forget(turnId: string): void {
    this.#texts.delete(turnId);
  }

  #add(turnId: string, stepId: string, text: string): void {
    const steps = this.#texts.get(turnId) ?? new Map<string, string>();
    this.#texts.set(turnId, steps.set(stepId, endOf((steps.get(stepId) ?? "") + text)));
    for (const listener of this.#listeners.get(stepId) ?? []) listener();
  }
}

/** The end of a text that has become too long, from the start of a line. */
function endOf(text: string): string {
  if (text.length <= KEPT_CHARS) return text;
  const end = text.slice(-KEPT_CHARS / 2);
  return end.slice(end.indexOf("\n") + 1);
}
