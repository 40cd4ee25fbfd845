/**
 * Requests with the types of the API: paths, queries and bodies are those of its OpenAPI, or the compiler says so.
 *
 * The types are `openapi-fetch`'s; what the page needs of what it does is this much, and a fifth of its weight.
 */
import type { Client } from "openapi-fetch";

import type { paths } from "./schema";
import { serverUrl } from "./transport";

type Named = Readonly<Record<string, unknown>>;

interface Call {
  readonly params?: { readonly path?: Named; readonly query?: Named; readonly header?: Named };
  readonly body?: unknown;
  readonly headers?: Named;
  /** The body of the answer is left to whoever asks. */
  readonly parseAs?: "stream";
  readonly signal?: AbortSignal;
  readonly keepalive?: boolean;
}

/** `isRead`: the answer is wanted as a whole. */
export type Send = (request: Request, isRead: boolean) => Promise<Response>;

type Methods = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Every answer that `send` returns is a good one; it throws what is wrong. */
export function callerOf(send: Send) {
  const by =
    (method: Methods) =>
    async (path: string, call: Call = {}) => {
      const isStream = call.parseAs === "stream";
      const response = await send(requestOf(method, path, call), method === "GET" && !isStream);
      if (isStream) return { response };
      const text = await response.text();
      return { data: text === "" ? undefined : (JSON.parse(text) as unknown), response };
    };
  const caller = {
    GET: by("GET"),
    POST: by("POST"),
    PUT: by("PUT"),
    PATCH: by("PATCH"),
    DELETE: by("DELETE"),
  };
  return caller as unknown as Pick<Client<paths>, Methods>;
}

function requestOf(method: string, path: string, call: Call): Request {
  const { params, body, headers, signal = null, keepalive = false } = call;
  const there = path.replace(/\{(\w+)\}/g, (_gap, name: string) =>
    encodeURIComponent(String(params?.path?.[name])),
  );
  const url = new URL(serverUrl(there), location.origin);
  for (const [name, value] of Object.entries(params?.query ?? {}))
    url.searchParams.append(name, String(value));
  return new Request(url, {
    method,
    signal,
    keepalive,
    headers: {
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...params?.header,
      ...headers,
    } as Record<string, string>,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}
