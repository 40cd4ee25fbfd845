/**
 * The files of messages, as the outbox sees them. What carries them is fetched when there is one to
 * carry: most messages have none.
 */
import { unreachable } from "@/api/errors";
import type { UserMessage } from "@/api/types";

import type { FilesOnTheirWay } from "./outbox";

const load = () =>
  import("./page-uploads").catch((error: unknown) => {
    throw unreachable(error);
  });

export const filesOnTheirWay: FilesOnTheirWay = {
  done: async (key) => {
    const { attachmentOf, uploads } = await load();
    return attachmentOf(await uploads.done(key));
  },
  retry: (key, isForgotten) =>
    void load().then(({ uploads }) => uploads.retry(key, isForgotten), notYet),
};

/** Forget files: they were taken away, or their message was accepted. */
export function removeFiles(keys: readonly string[]): void {
  if (keys.length > 0) void load().then(({ uploads }) => keys.forEach(uploads.remove), notYet);
}

/** The message with its files, as far as they are known: what is not yet said, the outbox will find. */
export async function withFiles(
  message: UserMessage,
  keys: readonly string[],
): Promise<UserMessage> {
  const module = await load().catch(notYet);
  return { ...message, files: module?.attachmentsOf(keys) ?? [] };
}

/** The line is down: whoever waits for the file is told so. */
const notYet = () => undefined;
