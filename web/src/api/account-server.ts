/**
 * What admins see of the server: whether it takes work, and what was done here. Of accounts only in so
 * far as one has to have one; it comes with their pages.
 */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";

import { server, until, valueOf } from "./client";
import { unreachable } from "./errors";
import type { AuditPage, Readiness } from "./types";

/** Which deeds a list shows; null: all. */
export interface AuditFilter {
  readonly actor: string | null;
  readonly action: string | null;
  readonly since: string | null;
}

const PAGE = 50;

const listAudit = (filter: AuditFilter, cursor: string | null, signal: AbortSignal) => {
  const given = Object.entries({ ...filter, cursor }).filter(([, value]) => value !== null);
  const query = { limit: PAGE, ...Object.fromEntries(given) };
  return valueOf<AuditPage>(server.GET("/v1/audit", { params: { query }, ...until(signal) }));
};

export const useAudit = (filter: AuditFilter) =>
  useInfiniteQuery({
    queryKey: ["audit", filter],
    queryFn: ({ pageParam, signal }) => listAudit(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    select: ({ pages }) => pages.flatMap((page) => page.entries),
    staleTime: 0,
  });

/** A server that takes no work says so with 503: here that is an answer, and not worth another try. */
async function getReadiness(signal: AbortSignal): Promise<Readiness> {
  try {
    return (await (await fetch("/v1/ready", { signal })).json()) as Readiness;
  } catch (error) {
    throw signal.aborted ? error : unreachable(error);
  }
}

export const useReadiness = () =>
  useQuery({
    queryKey: ["readiness"],
    queryFn: ({ signal }) => getReadiness(signal),
    staleTime: 0,
    refetchInterval: 10_000,
  });
