/** One's account, its keys, and the users of the server, cached. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import {
  createKey,
  createUser,
  deleteKey,
  deleteUser,
  getAccount,
  getSignInOptions,
  getUsage,
  getUserLimits,
  listKeys,
  listUsers,
  setUserLimits,
  setVisibility,
  updateAccount,
  updateUser,
} from "./account-client";
import { storeAgent } from "./agent-queries";
import type { OwnLimits, UserPatch } from "./types";

const ACCOUNT = ["account"] as const;
const KEYS = ["account-keys"] as const;
const USERS = ["users"] as const;
const USAGE = ["usage"] as const;
const limitsOf = (userId: string) => ["user-limits", userId] as const;
const OPTIONS = ["sign-in"] as const;

export const useAccount = () =>
  useQuery({ queryKey: ACCOUNT, queryFn: ({ signal }) => getAccount(signal) });

export const useSignInOptions = () =>
  useQuery({ queryKey: OPTIONS, queryFn: ({ signal }) => getSignInOptions(signal) });

export function useShareAgent() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ agentId, isShared }: { agentId: string; isShared: boolean }) =>
      setVisibility(agentId, isShared ? "shared" : "private"),
    onSuccess: (agent) => storeAgent(client, agent),
  });
}

export function useUpdateAccount() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: updateAccount,
    onSuccess: (account) => client.setQueryData(ACCOUNT, account),
  });
}

export const useKeys = () =>
  useInfiniteQuery({
    queryKey: KEYS,
    queryFn: ({ pageParam, signal }) => listKeys(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    select: ({ pages }) => pages.flatMap((page) => page.keys),
  });

/** A change of what a list shows, which is asked for anew. */
function useChange<Given, Made>(
  queryKey: readonly string[],
  mutationFn: (given: Given) => Promise<Made>,
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
}

export const useCreateKey = () => useChange(KEYS, createKey);
export const useDeleteKey = () => useChange(KEYS, deleteKey);

/** Where nobody signs in there are none. */
export const useUsers = (isOn = true) =>
  useInfiniteQuery({
    enabled: isOn,
    queryKey: USERS,
    queryFn: ({ pageParam, signal }) => listUsers(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    select: ({ pages }) => pages.flatMap((page) => page.users),
  });

export const useCreateUser = () => useChange(USERS, createUser);
export const useDeleteUser = () => useChange(USERS, deleteUser);
export const useUpdateUser = () =>
  useChange(USERS, ({ userId, patch }: { readonly userId: string; readonly patch: UserPatch }) =>
    updateUser(userId, patch),
  );

/** As it stands when somebody looks: what was there before may be long past. */
export const useUsage = () =>
  useQuery({ queryKey: USAGE, queryFn: ({ signal }) => getUsage(signal), staleTime: 0 });

export const useUserLimits = (userId: string) =>
  useQuery({
    queryKey: limitsOf(userId),
    queryFn: ({ signal }) => getUserLimits(userId, signal),
    staleTime: 0,
  });

export function useSetUserLimits(userId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (limits: OwnLimits) => setUserLimits(userId, limits),
    onSuccess: (limits) => {
      client.setQueryData(limitsOf(userId), limits);
      void client.invalidateQueries({ queryKey: USAGE }); // they may be one's own
    },
  });
}
