/** Tools and their groups, cached. What changes a group changes which tools there are. */
import { useQuery } from "@tanstack/react-query";

import { listTools } from "./client";
import { keys } from "./keys";

export const useTools = () =>
  useQuery({ queryKey: keys.tools, queryFn: ({ signal }) => listTools(signal), staleTime: 60_000 });
