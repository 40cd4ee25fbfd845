/** What only who looks into a turn asks for, cached. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";

import type { TurnPlace } from "./client";
import { getStepRequest, getTurn } from "./inspector-client";

/** A turn that is not among those of the transcript: another branch's, an older one, or one that is gone. */
export const useTurnById = (place: TurnPlace, isNeeded: boolean) =>
  useQuery({
    queryKey: ["agent", place.agentId, "turn", place.sessionId, place.turnId],
    queryFn: ({ signal }) => getTurn(place, signal),
    enabled: isNeeded,
  });

/** What the model was asked in a step; it never changes. `fetchNextPage` brings earlier messages. */
export const useStepRequest = (place: TurnPlace, stepId: string) =>
  useInfiniteQuery({
    queryKey: ["agent", place.agentId, "asked", place.sessionId, place.turnId, stepId],
    queryFn: ({ pageParam, signal }) => getStepRequest(place, stepId, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: Infinity,
  });
