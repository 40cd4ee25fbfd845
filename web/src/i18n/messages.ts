/** What a sentence may be, and what it wants to be filled in: `{name}` in the text asks for `name`. */

/** One text per plural category; `{count}` chooses and is filled in. */
export interface Plural {
  readonly zero?: string;
  readonly one: string;
  readonly two?: string;
  readonly few?: string;
  readonly many?: string;
  readonly other: string;
}

export type Entry = string | Plural;
export type Messages = Readonly<Record<string, Entry>>;

/** The names in braces of a text. */
type Names<Text> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;

type TextOf<E> = E extends string ? E : E extends Plural ? E[keyof E] : never;

type NamesOf<E> = Names<TextOf<E>> | (E extends Plural ? "count" : never);

type Values<Name extends string> = {
  readonly [N in Name]: N extends "count" ? number : string | number;
};

/** The second argument of `t`: none when the sentence asks for nothing. */
export type Arguments<E> = [NamesOf<E>] extends [never] ? [] : [values: Values<NamesOf<E>>];

/** A text that has each of these gaps: it must fit a pattern for every one. */
type With<Name extends string> = string &
  ([Name] extends [never]
    ? unknown
    : (Name extends string ? (text: `${string}{${Name}}${string}`) => void : never) extends (
          text: infer Patterns,
        ) => void
      ? Patterns
      : never);

type Forms<Text, Category extends string> = Readonly<Record<Category, Text>> & {
  readonly zero?: string;
};

/**
 * What says the same in another language: the same keys, each with the gaps of the English, and of
 * what is counted one text for each of that language's plural categories. Whether a form writes its
 * number is its own affair ("the first page", "the first {count} pages").
 */
export type Translation<Words extends Messages, Category extends Intl.LDMLPluralRule> = {
  readonly [K in keyof Words]: Words[K] extends Plural
    ? Forms<With<Exclude<Names<Words[K]["other"]>, "count">>, Category>
    : With<Names<Words[K]>>;
};
