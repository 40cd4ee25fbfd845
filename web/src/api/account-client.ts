/** The server's endpoints of accounts, as functions. See `client.ts` for the rules. */
import { asBody, server, until, valueOf } from "./client";
import type {
  Account,
  AccountPatch,
  AccountUsage,
  Agent,
  KeyPage,
  NewApiKey,
  NewKey,
  NewUser,
  OwnLimits,
  SignInOptions,
  User,
  UserLimits,
  UserPage,
  UserPatch,
} from "./types";

const PAGE = 50;

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

interface SignedIn {
  readonly user: User;
}

export const getSignInOptions = (signal?: AbortSignal) =>
  valueOf<SignInOptions>(server.GET("/v1/sign-in", until(signal)), signal);

export const signIn = (body: Credentials) =>
  valueOf<SignedIn>(server.POST("/v1/sign-in", { body: asBody(body) }));

export const signOut = () => valueOf<undefined>(server.POST("/v1/sign-out"));

export const setUp = (body: Credentials & { readonly token: string }) =>
  valueOf<SignedIn>(server.POST("/v1/set-up", { body: asBody(body) }));

/** Let all users of the server use an agent, or nobody but its owner. */
export const setVisibility = (agentId: string, visibility: Agent["visibility"]) =>
  valueOf<Agent>(
    server.PATCH("/v1/agents/{agent_id}", {
      params: { path: { agent_id: agentId } },
      body: { visibility },
    }),
  );

export const getAccount = (signal?: AbortSignal) =>
  valueOf<Account>(server.GET("/v1/account", until(signal)), signal);

export const updateAccount = (patch: AccountPatch) =>
  valueOf<Account>(server.PATCH("/v1/account", { body: asBody(patch) }));

const pageOf = (cursor: string | null) => ({
  params: { query: { limit: PAGE, ...(cursor !== null && { cursor }) } },
});

export const listKeys = (cursor: string | null, signal?: AbortSignal) =>
  valueOf<KeyPage>(server.GET("/v1/account/keys", { ...pageOf(cursor), ...until(signal) }), signal);

export const createKey = (key: NewKey) =>
  valueOf<NewApiKey>(server.POST("/v1/account/keys", { body: asBody(key) }));

export const deleteKey = (keyId: string) =>
  valueOf<undefined>(
    server.DELETE("/v1/account/keys/{key_id}", { params: { path: { key_id: keyId } } }),
  );

const USER = "/v1/users/{user_id}";
const pathOf = (userId: string) => ({ params: { path: { user_id: userId } } });

export const listUsers = (cursor: string | null, signal?: AbortSignal) =>
  valueOf<UserPage>(server.GET("/v1/users", { ...pageOf(cursor), ...until(signal) }), signal);

export const createUser = (user: NewUser) =>
  valueOf<User>(server.POST("/v1/users", { body: asBody(user) }));

export const updateUser = (userId: string, patch: UserPatch) =>
  valueOf<User>(server.PATCH(USER, { ...pathOf(userId), body: asBody(patch) }));

export const deleteUser = (userId: string) =>
  valueOf<undefined>(server.DELETE(USER, pathOf(userId)));

export const getUsage = (signal?: AbortSignal) =>
  valueOf<AccountUsage>(server.GET("/v1/account/usage", until(signal)), signal);

const LIMITS = "/v1/users/{user_id}/limits";

export const getUserLimits = (userId: string, signal?: AbortSignal) =>
  valueOf<UserLimits>(server.GET(LIMITS, { ...pathOf(userId), ...until(signal) }), signal);

export const setUserLimits = (userId: string, limits: OwnLimits) =>
  valueOf<UserLimits>(server.PUT(LIMITS, { ...pathOf(userId), body: asBody(limits) }));
