/** What the server is and which models it reaches. */
import { type QueryClient, queryOptions, useQuery } from "@tanstack/react-query";

import { getConfig, getModels } from "./client";
import { keys } from "./keys";

const configOptions = queryOptions({
  queryKey: keys.config,
  queryFn: ({ signal }) => getConfig(signal),
  staleTime: Infinity,
});

export const useConfig = () =>
  useQuery({
    ...configOptions,
    refetchOnWindowFocus: "always", // another server may stand there by then
  });

/** Fetch it before anything is drawn that asks for it, and sees the error if there is one. */
export const prefetchConfig = (client: QueryClient): void =>
  void client.query(configOptions).catch(() => undefined);

export const useModels = () =>
  useQuery({ queryKey: keys.models, queryFn: ({ signal }) => getModels(signal) });
