/**
 * The files of a draft. What works with them is fetched with the first word or the first file, so that
 * who writes can attach also when the line is down by then; should it not come, that is said, and
 * nothing that was pasted is lost.
 */
import { useEffect, useState } from "react";

import { useConfig } from "@/api/queries";
import type { Limits } from "@/api/types";
import { t } from "@/i18n";
import type { Draft } from "@/storage";
import { removeFiles } from "@/turn";

import type { Transferred } from "../transfer";
import { preloadAttachmentChips } from "./lazy-attachment-chips";

export function useAttachments(draft: Draft) {
  const { data: config, refetch } = useConfig();
  const [problems, setProblems] = useState<readonly string[]>([]);
  const isWriting = draft.text !== "";
  useEffect(() => {
    if (isWriting) preload();
  }, [isWriting]);

  /** What may be attached, also to a page that has just been opened; undefined when nobody says. */
  const limits = async (): Promise<Limits | undefined> => {
    if (config || !navigator.onLine) return config?.limits;
    return (await refetch({ cancelRefetch: false })).data?.limits;
  };

  /** With what is fetched, should it come. Returns how many files were taken. */
  const attaching = async (
    work: (module: Attaching, limits: Limits | undefined) => Taken | Promise<Taken>,
  ): Promise<number> => {
    const module = await load().catch(() => null);
    if (module === null) {
      setProblems([t("error.network")]);
      return 0;
    }
    const { keys, problems: found } = await work(module, await limits());
    setProblems(found);
    if (keys.length > 0) draft.change({ files: [...draft.now().files, ...keys] });
    return keys.length;
  };
  const detach = (key: string) => {
    draft.change({ files: draft.now().files.filter((other) => other !== key) });
    setProblems([]);
  };

  return {
    problems,
    dismiss: () => setProblems([]),
    attach: (added: Transferred) =>
      void attaching((module, known) => module.take(added, known, () => draft.now().files)),
    attachText: async (text: string) => {
      const taken = await attaching((module, known) =>
        module.takeText(text, known, draft.now().files),
      );
      if (taken === 0) draft.change({ text: draft.now().text + text });
    },
    detach: (key: string) => {
      detach(key);
      removeFiles([key]);
    },
    /** Put the words of a file into the message that were pasted as one. */
    unpack: async (key: string) => {
      const text = await load().then((module) => module.textOf(key));
      detach(key);
      draft.change({ text: draft.now().text + text });
      removeFiles([key]);
    },
    /** Go on with `send` if the message may go. */
    check: (text: string, send: () => void): void => {
      const limit = config?.limits.max_message_chars ?? Infinity;
      const { files } = draft.now();
      const isTooLong = text.length > limit;
      setProblems(isTooLong ? [t("composer.tooLong", { count: text.length, limit })] : []);
      if (isTooLong) return;
      if (files.length === 0) send();
      else
        void attaching((module) => {
          const found = module.problemsOf(files);
          if (found.length === 0 && draft.now().files === files) send(); // only once
          return { keys: [], problems: found };
        });
    },
  };
}

const load = () => import("./attaching");
function preload(): void {
  preloadAttachmentChips();
  load().catch(() => {
    // The line is down: it is asked for again when it is needed.
  });
}
type Attaching = Awaited<ReturnType<typeof load>>;
type Taken = ReturnType<Attaching["takeText"]>;
