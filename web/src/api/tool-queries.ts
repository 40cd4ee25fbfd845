/** Tools and their groups, cached. What changes a group changes which tools there are. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { keys } from "./keys";
import {
  acceptToolgroup,
  callTool,
  listToolgroups,
  listTools,
  registerToolgroup,
  removeToolgroup,
} from "./tool-client";
import type { JsonObject } from "./json";

export const useTools = () =>
  useQuery({ queryKey: keys.tools, queryFn: ({ signal }) => listTools(signal) });

export const useToolgroups = () =>
  useQuery({ queryKey: keys.toolgroups, queryFn: ({ signal }) => listToolgroups(signal) });

/** A change of a group; whatever came of it, what is known of groups and tools is old then. */
function useGroupChange<Value, Result>(mutationFn: (value: Value) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSettled: () => client.invalidateQueries({ queryKey: keys.tools }),
  });
}

export const useRegisterToolgroup = () => useGroupChange(registerToolgroup);
export const useRemoveToolgroup = () => useGroupChange(removeToolgroup);
export const useAcceptToolgroup = () => useGroupChange(acceptToolgroup);

/** Try a tool. */
export const useCallTool = (name: string) =>
  useMutation({ mutationFn: (args: JsonObject) => callTool(name, args) });
