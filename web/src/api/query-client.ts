/** How server state is cached: fresh for a while, kept when offline, retried by `retry.ts` only. */
import { QueryClient } from "@tanstack/react-query";

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        gcTime: 10 * 60_000,
        retry: false, // requests retry themselves, by status: see `retry.ts`
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false },
    },
  });
}
