/** Files on their way in: how far they are, and what came of the last ones. They are let go when the page is left. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { keys } from "@/api/keys";
import { useConfig } from "@/api/queries";
import { announce } from "@/components/announcer";
import { t } from "@/i18n/keeping";

import { bringIn, type Report } from "./bring-in";

interface Running {
  readonly share: number;
  readonly name: string;
}

export function useBringIn() {
  const client = useQueryClient();
  const { data: config } = useConfig();
  const [running, setRunning] = useState<Running | null>(null);
  const [report, setReport] = useState<Report | null>(null);
  const stopping = useRef<AbortController>(undefined);
  useEffect(() => () => stopping.current?.abort(), []);

  const start = async (files: readonly File[], agentId: string | null) => {
    if (files.length === 0) return;
    const controller = new AbortController();
    stopping.current = controller;
    setRunning({ share: 0, name: files[0]?.name ?? "" });
    const done = await bringIn({
      files,
      agentId,
      most: config?.limits.max_body_bytes ?? Infinity,
      signal: controller.signal,
      onProgress: (share, name) => setRunning({ share, name }),
    });
    setReport(done);
    setRunning(null);
    announce(summaryOf(done));
    await Promise.all([
      client.invalidateQueries({ queryKey: keys.agents }),
      client.invalidateQueries({ queryKey: ["agent"] }),
    ]);
  };
  return {
    running,
    report,
    start: (files: readonly File[], agentId: string | null) => void start(files, agentId),
    stop: () => stopping.current?.abort(),
  };
}

/** What came of it, in a few sentences. */
export function summaryOf({ came, here, uploads, problems, isStopped }: Report): string {
  return [
    t("data.came", { count: came.length }),
    ...(here > 0 ? [t("data.here", { count: here })] : []),
    ...(problems.length > 0 ? [`${t("data.failed", { count: problems.length })}.`] : []),
    ...(uploads > 0 ? [t("data.uploads", { count: uploads })] : []),
    ...(isStopped ? [t("data.stopped")] : []),
  ].join(" ");
}
