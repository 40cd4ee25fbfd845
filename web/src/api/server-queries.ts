/** What the server is and which models it reaches. */
import { useQuery } from "@tanstack/react-query";

import { getConfig, getModels } from "./client";
import { keys } from "./keys";

export const useConfig = () =>
  useQuery({
    queryKey: keys.config,
    queryFn: ({ signal }) => getConfig(signal),
    staleTime: Infinity,
    refetchOnWindowFocus: "always", // another server may stand there by then
  });

export const useModels = () =>
  useQuery({ queryKey: keys.models, queryFn: ({ signal }) => getModels(signal) });
