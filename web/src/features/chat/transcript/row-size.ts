/** How tall a turn will be, guessed from its words: the nearer the guess, the calmer the scrollbar. */
import type { Turn } from "@/api/types";
import { textOf } from "@/renderers/message-text";

const LINE_CHARS = 76;
const LINE_PX = 26;
/** Bubble, step line, footer and the space between. */
const FRAME_PX = 170;

const guesses = new WeakMap<Turn, number>();

/** The same turn is looked at once: the list asks for all that it has not measured whenever one more comes. */
export function guessedHeight(turn: Turn): number {
  const known = guesses.get(turn) ?? guess(turn);
  guesses.set(turn, known);
  return known;
}

function guess(turn: Turn): number {
  const question = turn.input_messages.reduce(
    (sum, message) => sum + lines(textOf(message.content)),
    0,
  );
  return FRAME_PX + LINE_PX * (Math.min(question, 12) + lines(turn.output_message.content));
}

function lines(text: string): number {
  return text.split("\n").reduce((sum, line) => sum + Math.ceil(line.length / LINE_CHARS), 0);
}
