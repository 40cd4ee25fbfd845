/** `t` for the page about the server, as `tools.ts` is for tools. Only what is loaded later imports this. */
import { en } from "./en";
import { account } from "./en/account";
import { accountServer } from "./en/account-server";
import { speaker } from "./t";

export const t = speaker({ ...en, ...account, ...accountServer });

type DeedKey = Extract<keyof typeof accountServer, `deed.${string}`>;
type DeedName<Key> = Key extends `deed.${infer Name}` ? Name : never;

/** The deeds that have words, by the names that the audit has for them. */
export const DEEDS = Object.keys(accountServer).flatMap((key) =>
  key.startsWith("deed.") ? [key.slice("deed.".length) as DeedName<DeedKey>] : [],
);

/** A deed in words; one that is newer than this page by its name. */
export const deedIn = (action: string): string =>
  DEEDS.some((name) => name === action) ? t(`deed.${action}` as DeedKey) : action;
