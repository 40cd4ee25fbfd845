/**
 * `t("key", values)`: the sentence for a key, in the language that is spoken. Keys and values are
 * checked by the compiler.
 *
 * The rule it keeps: it is called while something is drawn or done, never while a module loads, as
 * the language may come later than that.
 */
import { en } from "./en";
import { fill } from "./fill";
import type { Arguments, Messages } from "./messages";
import { speech } from "./speech";

type T<Words extends Messages> = <K extends keyof Words & string>(
  key: K,
  ...[values]: Arguments<Words[K]>
) => string;

/** A `t` that knows these words. */
export function speaker<Words extends Messages>(words: Words): T<Words> {
  return (key, ...[values]) =>
    fill(speech().say(key, words[key] as Words[typeof key]), values ?? {});
}

export type Key = keyof typeof en;

export const t = speaker(en);
