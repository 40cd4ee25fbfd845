/** What a user prefers, as the server keeps it. See `client.ts` for the rules. */
import { asBody, server, until, valueOf } from "./client";
import type { UserPreferences } from "./types";

const PATH = "/v1/account/preferences";

export type Values = Readonly<Record<string, unknown>>;

export const getPreferences = (signal?: AbortSignal) =>
  valueOf<UserPreferences>(server.GET(PATH, until(signal)), signal);

/** Change some of them, and be told all; null forgets one. */
export const updatePreferences = (values: Values, signal?: AbortSignal) =>
  valueOf<UserPreferences>(
    server.PATCH(PATH, { body: asBody({ values }), ...until(signal) }),
    signal,
  );
