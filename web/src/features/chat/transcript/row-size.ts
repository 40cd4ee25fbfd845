/** How tall a turn will be, guessed from its words: the nearer the guess, the calmer the scrollbar. */
import type { Turn } from "@/api/types";
import { lineChars } from "@/components/line-chars";
import { textOf } from "@/renderers/message-text";

/** In a column of 800 px. */
const LINE_CHARS = 76;
const LINE_PX = 26;
/** Bubble, step line, footer and the space between. */
const FRAME_PX = 170;

const guesses = new WeakMap<Turn, { readonly chars: number; readonly height: number }>();

/** The same turn is looked at once a width: the list asks for all that it has not measured whenever one more comes. */
export function guessedHeight(turn: Turn): number {
  const chars = lineChars(LINE_CHARS);
  const known = guesses.get(turn);
  if (known?.chars === chars) return known.height;
  const height = guess(turn, chars);
  guesses.set(turn, { chars, height });
  return height;
}

function guess(turn: Turn, chars: number): number {
  const lines = (text: string) =>
    text.split("\n").reduce((sum, line) => sum + Math.ceil(line.length / chars), 0);
  const question = turn.input_messages.reduce(
    (sum, message) => sum + lines(textOf(message.content)),
    0,
  );
  return FRAME_PX + LINE_PX * (Math.min(question, 12) + lines(turn.output_message.content));
}
