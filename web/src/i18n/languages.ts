/**
 * The languages of the page, and which of them is spoken: the one that the address asks for
 * (`?lang=es`), else the one that was chosen here, else the first that the browser asks for.
 *
 * The rules it keeps: English is in the page, another language is fetched before anything is drawn
 * in it; one that cannot be fetched changes nothing. A choice holds at once in the tab where it was
 * made, and elsewhere from the next load on: what others write there is not taken from them.
 */
import { prefer, preferences } from "@/storage/preferences";

import { ENGLISH, kindOf, speak, type Speech, speech } from "./speech";

interface Language {
  readonly tag: string;
  /** As those who speak it call it. */
  readonly name: string;
  readonly fetch: () => Promise<Speech>;
  /** Only for who asks for it by its tag. */
  readonly isForTests?: true;
}

const LANGUAGES: readonly Language[] = [
  { tag: "en", name: "English", fetch: () => Promise.resolve(ENGLISH) },
  { tag: "es", name: "Español", fetch: spanish },
  { tag: "ar-XB", name: "Pseudo (RTL)", fetch: pseudo, isForTests: true },
];

async function spanish(): Promise<Speech> {
  const { es } = await import("./es");
  return {
    tag: "es",
    locale: kindOf("es"),
    direction: "ltr",
    say: (key, english) => es[key] ?? english,
  };
}

async function pseudo(): Promise<Speech> {
  const { disguised } = await import("./pseudo");
  return { ...ENGLISH, tag: "ar-XB", direction: "rtl", say: (_, english) => disguised(english) };
}

const byTag = (tag: string | null) => LANGUAGES.find((language) => language.tag === tag);

/** The language of that very tag, else the one that it is a kind of: `es-MX` is Spanish. */
const nearest = (tag: string | null) => byTag(tag) ?? byTag(tag?.split("-")[0] ?? null);

/** The language that one would have whom `asked` is the address's word of, and `chosen` one's own. */
export function wanted(asked: string | null, chosen: string | null): Language {
  const first = navigator.languages
    .map((tag) => nearest(tag))
    .find((language) => language !== undefined);
  const language = nearest(asked) ?? byTag(chosen) ?? first ?? byTag("en");
  if (language === undefined) throw new Error("there is no English");
  return language;
}

/** What can be chosen. A language that is for tests is offered only to those who have it. */
export const offered = (): readonly Language[] =>
  LANGUAGES.filter(({ tag, isForTests }) => isForTests !== true || tag === speech().tag);

/** The tag that was chosen for what is spoken; null where nobody chose and the browser asks for it. */
export function chosen(): string | null {
  const { language } = preferences();
  if (speech().tag !== wanted(null, language).tag) return speech().tag;
  return byTag(language)?.tag ?? null;
}

type Draw = () => Promise<void> | void;

let draw: Draw = () => undefined;

/** Speak the language that is wanted, then draw; and again after each choice. */
export async function beginToSpeak(drawing: Draw): Promise<void> {
  draw = drawing;
  const asked = new URLSearchParams(location.search).get("lang");
  await change(wanted(asked, preferences().language));
}

/** Speak the language of this tag from now on; null: the one that the browser asks for. */
export async function choose(tag: string | null): Promise<void> {
  prefer({ language: tag });
  await change(wanted(null, tag));
}

/** Many may be chosen before the first has come: the last one counts. */
let latest: Language | null = null;

async function change(language: Language): Promise<void> {
  latest = language;
  const next = await language.fetch().catch(() => speech());
  if (latest !== language) return;
  speak(next);
  await draw();
}
