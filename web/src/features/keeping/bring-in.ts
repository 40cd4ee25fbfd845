/**
 * Brings in what lies in files, a session at a time, and tells what comes of each.
 *
 * The rule it keeps: what cannot be brought in stops nothing else; what came stays when it is stopped.
 */
import { createAgent, listAgents } from "@/api/client";
import { importSession } from "@/api/transfer-client";
import type { Agent, Session } from "@/api/types";
import { reasonOf } from "@/components/error-text";
import { formatBytes } from "@/i18n";
import { t } from "@/i18n/keeping";

import { BadFile, type Part, partsOf } from "./documents";

export interface Report {
  readonly came: readonly Session[];
  readonly here: number;
  readonly uploads: number;
  readonly problems: readonly { readonly name: string; readonly reason: string }[];
  readonly isStopped: boolean;
}

export interface Job {
  readonly files: readonly File[];
  /** Null: with the agent they were with, which is made where it is not there. */
  readonly agentId: string | null;
  /** How many bytes the server takes at once. */
  readonly most: number;
  readonly signal: AbortSignal;
  /** Between 0 and 1; and what comes now. */
  readonly onProgress: (share: number, name: string) => void;
}

type Growing = { -readonly [K in keyof Report]: Report[K] };

export async function bringIn(job: Job): Promise<Report> {
  const report: Growing = { came: [], here: 0, uploads: 0, problems: [], isStopped: false };
  const agentFor = agentFinder(job.agentId);
  const total = job.files.reduce((sum, file) => sum + file.size, 0) || 1;
  let before = 0;
  for (const file of job.files) {
    let share = before / total;
    try {
      const parts = partsOf(file, (bytes) => (share = (before + bytes) / total));
      for await (const part of parts) {
        if (job.signal.aborted) return { ...report, isStopped: true };
        job.onProgress(share, part.kind === "session" ? part.name : file.name);
        await take(part, report, { job, agentFor });
      }
    } catch (error) {
      if (job.signal.aborted) return { ...report, isStopped: true };
      const reason = error instanceof BadFile ? error.message : reasonOf(error);
      report.problems = [...report.problems, { name: file.name, reason }];
    }
    before += file.size;
    job.onProgress(before / total, file.name);
  }
  return report;
}

interface Taking {
  readonly job: Job;
  readonly agentFor: (agent: Agent) => Promise<string>;
}

async function take(part: Part, report: Growing, { job, agentFor }: Taking): Promise<void> {
  if (part.kind === "upload") report.uploads += 1;
  if (part.kind !== "session") return; // agents are made when a session asks for them
  try {
    const { size } = new Blob([part.json]);
    if (size > job.most) throw new BadFile(tooLarge(size, job.most));
    const agentId = await agentFor(part.agent);
    const { session, isNew } = await importSession(agentId, part.json, job.signal);
    if (isNew) report.came = [...report.came, session];
    else report.here += 1;
  } catch (error) {
    if (job.signal.aborted) throw error;
    const reason = error instanceof BadFile ? error.message : reasonOf(error);
    report.problems = [...report.problems, { name: part.name, reason }];
  }
}

const tooLarge = (size: number, most: number) =>
  t("data.bad.large", { size: formatBytes(size), most: formatBytes(most) });

/** Finds who a session is to be with: who was chosen, who has that id or is set up just so, else one that is made. */
function agentFinder(chosen: string | null) {
  const found = new Map<string, Promise<string>>();
  let known: Promise<readonly Agent[]> | undefined;
  const find = async (wanted: Agent): Promise<string> => {
    const agents = await (known ??= listAgents());
    const here =
      agents.find((agent) => agent.agent_id === wanted.agent_id) ??
      agents.find((agent) => isAlike(agent, wanted));
    if (here !== undefined) return here.agent_id;
    try {
      return (await createAgent(wanted.agent_config)).agent_id;
    } catch (error) {
      throw new BadFile(t("data.bad.agent", { reason: reasonOf(error) }), { cause: error });
    }
  };
  return (wanted: Agent): Promise<string> => {
    if (chosen !== null) return Promise.resolve(chosen);
    const id = wanted.agent_id;
    const agent = found.get(id) ?? find(wanted);
    found.set(id, agent);
    return agent;
  };
}

/** Both come from a server, which writes the same in the same order. */
const isAlike = (one: Agent, other: Agent): boolean =>
  JSON.stringify(one.agent_config) === JSON.stringify(other.agent_config);
