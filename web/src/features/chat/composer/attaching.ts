/**
 * What becomes of files that somebody adds to a draft: those that may go with it are taken and go up
 * at once, of the others the reason is said.
 */
import type { Limits } from "@/api/types";
import { announce } from "@/components/announcer";
import { t } from "@/i18n/files";
import { shownName } from "@/renderers/shown-name";
import { uploads } from "@/turn/page-uploads";

import { fileOfText, isPhonePhoto, mediaTypeOf, sorted } from "./attachment";

export interface Added {
  readonly files: readonly File[];
  readonly folders: readonly string[];
}

interface Taken {
  /** The keys of those that were taken. */
  readonly keys: readonly string[];
  readonly problems: readonly string[];
}

/** `there`: what the draft has, once all are ready to be taken. */
export async function take(
  added: Added,
  limits: Limits | undefined,
  there: () => readonly string[],
): Promise<Taken> {
  const files = await readable(added.files);
  const { taken, refusals } = sorted(files, limits, there().length);
  const noFiles = added.folders.map((name) => t("attach.folder", { name: shownName(name) }));
  return { keys: upload(taken, false), problems: [...refusals, ...noFiles] };
}

/** Should what makes them readable not come, they are what they were. */
async function readable(files: readonly File[]): Promise<readonly File[]> {
  if (!files.some(isPhonePhoto)) return files;
  return import("./photos").then(
    ({ withJpegs }) => withJpegs(files),
    () => files,
  );
}

/** Long text becomes a file, which can become text again. */
export function takeText(
  text: string,
  limits: Limits | undefined,
  there: readonly string[],
): Taken {
  const { taken, refusals } = sorted([fileOfText(text, there.map(nameOf))], limits, there.length);
  return { keys: upload(taken, true), problems: refusals };
}

function upload(files: readonly File[], isPasted: boolean): readonly string[] {
  if (files.length > 0) announce(t("attach.taken", { count: files.length }));
  return files.map((blob) =>
    uploads.add({ name: blob.name, type: mediaTypeOf(blob), blob, isPasted }),
  );
}

/** The words of a file that was text when it was pasted. */
export const textOf = async (key: string): Promise<string> =>
  (await uploads.all().get(key)?.blob.text()) ?? "";

/** Why a message cannot go with these files. What failed only for a while is sent again on the way. */
export function problemsOf(keys: readonly string[]): readonly string[] {
  const refused = keys.filter(isRefused);
  if (refused.length === 0) for (const key of keys) uploads.retry(key);
  return refused.map((key) => t("attach.notSent", { name: shownName(nameOf(key)) }));
}

function isRefused(key: string): boolean {
  const upload = uploads.all().get(key);
  return upload === null || upload?.error?.isRetryable === false;
}

const nameOf = (key: string) => uploads.all().get(key)?.name ?? t("attach.lost");
