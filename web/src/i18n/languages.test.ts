import { afterEach, describe, expect, it, vi } from "vitest";

import { formatBytes, formatDuration, formatNumber, formatRelativeTime, speech, t } from ".";
import { es } from "./es";
import { fill } from "./fill";
import { beginToSpeak, choose, chosen, offered, wanted } from "./languages";
import type { Entry, Messages } from "./messages";
import { disguised } from "./pseudo";
import type { Spanish } from "./spanish";
import { ENGLISH, speak } from "./speech";
import { t as ofTools } from "./tools";

type Words = Readonly<Record<string, Messages>>;

const english = import.meta.glob<Words>("./en/*.ts", { eager: true });
const spanish = import.meta.glob<Words>("./es/*.ts", { eager: true });

const wordsIn = (files: Readonly<Record<string, Words>>) =>
  Object.entries(files).flatMap(([file, parts]) =>
    Object.values(parts).flatMap((words) =>
      Object.entries(words).map(([key, entry]) => ({
        part: file.slice("./en/".length),
        key,
        entry,
      })),
    ),
  );

const all = new Map(wordsIn(english).map(({ key, entry }) => [key, entry]));
const formsOf = (entry: Entry) =>
  typeof entry === "string" ? [entry] : Object.entries(entry).map(([, text]) => String(text));
const gapsIn = (text: string) => new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
const gapsOf = (entry: Entry) => gapsIn(formsOf(entry).join());

afterEach(async () => {
  localStorage.clear();
  history.replaceState(null, "", "/");
  await choose(null);
  speak(ENGLISH);
});

const browserAsksFor = (...tags: string[]) =>
  vi.spyOn(navigator, "languages", "get").mockReturnValue(tags);

describe("the words", () => {
  it("have no key twice, so that one catalogue can have those of all parts", () => {
    expect(wordsIn(english)).toHaveLength(all.size);
  });

  it("of Spanish are those of English, part by part", () => {
    const names = (files: Readonly<Record<string, Words>>) =>
      wordsIn(files).map(({ part, key }) => `${part} ${key}`);
    expect(names(spanish).sort()).toEqual(names(english).sort());
    expect(Object.keys(es).sort()).toEqual([...all.keys()].sort());
  });

  it("of Spanish have the gaps of the English, and no others", () => {
    const gaps = (entries: Iterable<readonly [string, Entry]>) =>
      Object.fromEntries([...entries].map(([key, entry]) => [key, gapsOf(entry)]));
    expect(gaps(Object.entries(es))).toEqual(gaps(all));
  });

  it("of Spanish have a text for each of its plural categories", () => {
    const wants = new Intl.PluralRules("es").resolvedOptions().pluralCategories.sort();
    const without = wordsIn(spanish).filter(
      ({ entry }) =>
        typeof entry !== "string" &&
        Object.keys(entry)
          .filter((category) => category !== "zero")
          .sort()
          .join() !== wants.join(),
    );
    expect(without).toEqual([]);
  });

  it("of Spanish open what they close, and say tú", () => {
    const texts = wordsIn(spanish).flatMap(({ entry }) => formsOf(entry));
    const count = (text: string, sign: string) => text.split(sign).length;
    expect(texts.filter((text) => count(text, "¿") !== count(text, "?"))).toEqual([]);
    expect(texts.filter((text) => count(text, "¡") !== count(text, "!"))).toEqual([]);
    expect(texts.filter((text) => count(text, "«") !== count(text, "»"))).toEqual([]);
    expect(
      texts.filter((text) => /\b(usted|ustedes|vos|vosotros|haga clic)\b/i.test(text)),
    ).toEqual([]);
  });

  it("are refused by the compiler where a key, a gap or a plural is missing", () => {
    interface Words extends Messages {
      readonly a: "{n} of {name}";
      readonly b: { readonly one: "{count} of {all}"; readonly other: "{count} of {all}" };
    }
    type Wanted = Pick<Spanish<Words>, "a" | "b">;
    const b = { one: "{all}", many: "{count} {all}", other: "{count} {all}" } as const;
    const good: Wanted = { a: "{name}: {n}", b };
    // @ts-expect-error b is missing
    const keyless: Wanted = { a: "{name}: {n}" };
    // @ts-expect-error n is missing
    const gapless: Wanted = { a: "{name}", b };
    // @ts-expect-error millions are missing
    const poor: Wanted = { a: "{name}: {n}", b: { one: "{all}", other: "{all}" } };
    expect([good, keyless, gapless, poor]).toHaveLength(4);
  });
});

describe("the language", () => {
  it.each([
    [["fr-FR", "es-MX", "en"], "es"],
    [["fr-FR"], "en"],
    [[], "en"],
  ])("of a browser that asks for %j is %s", (tags, tag) => {
    browserAsksFor(...tags);
    expect(wanted(null, null).tag).toBe(tag);
  });

  it("that was chosen goes before the browser's, and the address's before that", () => {
    browserAsksFor("en");
    expect(wanted(null, "es").tag).toBe("es");
    expect(wanted("ar-XB", "es").tag).toBe("ar-XB");
    expect(wanted("es-MX", "en").tag).toBe("es");
    expect(wanted("xx", "yy").tag).toBe("en");
  });

  it("is there before anything is drawn, with the page's direction", async () => {
    history.replaceState(null, "", "/?lang=ar-XB");
    const drawn: string[] = [];
    await beginToSpeak(() => void drawn.push(`${document.documentElement.dir} ${speech().tag}`));
    expect(drawn).toEqual(["rtl ar-XB"]);
    expect(offered().map(({ tag }) => tag)).toEqual(["en", "es", "ar-XB"]);
    expect(chosen()).toBe("ar-XB");
  });

  it("that was chosen holds at once, for the words of all parts, and is kept", async () => {
    let drawn = 0;
    await beginToSpeak(() => void (drawn += 1));
    expect([t("action.undo"), chosen()]).toEqual(["Undo", null]);
    await choose("es");
    expect([t("action.undo"), ofTools("tools.add"), chosen()]).toEqual([
      "Deshacer",
      "Añadir",
      "es",
    ]);
    expect(document.documentElement.lang).toBe("es");
    expect(drawn).toBe(2);
    expect(offered().map(({ tag }) => tag)).toEqual(["en", "es"]);
    await beginToSpeak(() => undefined);
    expect(speech().tag).toBe("es");
  });

  it("that was chosen last counts, whichever comes first", async () => {
    await Promise.all([choose("es"), choose("en")]);
    expect(speech().tag).toBe("en");
  });

  it("writes plurals, numbers, times and sizes in its own way", async () => {
    browserAsksFor("es-ES", "en");
    await choose("es");
    const count = (n: number) => ofTools("tools.count", { count: n });
    expect(count(1)).toBe("1 herramienta");
    expect(count(2)).toBe("2 herramientas");
    expect(count(2_000_000)).toBe("2.000.000 de herramientas");
    expect(formatNumber(12_345.5)).toBe("12.345,5");
    expect(formatDuration(12_400)).toBe("12,4s");
    expect(formatBytes(1_500_000)).toBe("1,5 MB");
    const now = Date.parse("2025-05-04T12:00:00Z");
    expect(formatRelativeTime(now - 300_000, now)).toBe("hace 5 min");
    expect(formatRelativeTime(now - 9 * 86_400_000, now)).toBe("25 abr 2025");
  });
});

describe("the pseudo-language", () => {
  it("keeps gaps, is a third longer, and has no letter as it was", () => {
    const text = fill(disguised("Image at {host}"), { host: "#" });
    expect(text).toMatch(/^\[.*#.*\]$/);
    expect(text).not.toMatch(/[a-z]/i);
    expect(text.match(/~/g)).toHaveLength(3);
  });

  it("has the forms of the English", () => {
    expect(Object.keys(disguised({ one: "{count} tool", other: "{count} tools" }))).toEqual([
      "one",
      "other",
    ]);
  });
});
