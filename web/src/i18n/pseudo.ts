/**
 * A language that nobody speaks, made of English to test the page with: letters with marks show what
 * never went through `t`, a third more of them shows what is too narrow, and it is written from
 * right to left.
 */
import type { Entry } from "./messages";

const PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const MARKED = Array.from("áƀçđéƒğĥíĵķļɱñóþɋŕšŧúṽŵẋýžÁƁÇĐÉƑĞĤÍĴĶĻṀÑÓÞǪŔŠŦÚṼŴẊÝŽ");

/** How much longer than English the longest languages are. */
const LONGER = 0.35;

/** Turns the order of characters round, as Arabic's would be: without it Latin ones run on to the right. */
const RLO = "\u202e";
const PDF = "\u202c";

const known = new Map<Entry, Entry>();

export function disguised(entry: Entry): Entry {
  const made = known.get(entry) ?? (typeof entry === "string" ? dressed(entry) : formsOf(entry));
  known.set(entry, made);
  return made;
}

function formsOf(entry: Exclude<Entry, string>): Entry {
  const forms = Object.entries(entry).map(([category, text]) => [category, dressed(String(text))]);
  return Object.fromEntries(forms) as Entry;
}

/** Gaps stay as they are, and what fills them keeps its own direction. */
function dressed(text: string): string {
  const parts = text.split(/(\{\w+\})/);
  return `[${parts.map((part, index) => (index % 2 === 0 ? turned(part) : part)).join("")}]`;
}

const turned = (text: string) =>
  text === "" ? "" : RLO + text.replace(/[a-zA-Z]+/g, longer) + PDF;

function longer(word: string): string {
  const marked = word.replace(/./g, (letter) => MARKED[PLAIN.indexOf(letter)] ?? letter);
  return marked + "~".repeat(Math.round(word.length * LONGER));
}
