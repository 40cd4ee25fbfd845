/**
 * Where the server is, and what every request tells it besides: nothing, in the page that it serves
 * itself.
 *
 * The rule it keeps: what is told here is held in memory only, and stands in no address.
 */
export interface Transport {
  /** Before every path, without a slash at its end; empty: the server that this page came from. */
  readonly base: string;
  /** Asked anew for every request: a key may be another one by then. */
  readonly headers: () => Readonly<Record<string, string>>;
}

let transport: Transport = { base: "", headers: () => ({}) };

export function setTransport(change: Partial<Transport>): void {
  transport = { ...transport, ...change };
}

/** The address of what is at a path of the server, as an `<img>` takes it. */
export const serverUrl = (path: string): string => transport.base + path;

export const serverHeaders = (): Readonly<Record<string, string>> => transport.headers();

/** Is what only names an address (an image, a download) told who asks? */
export const areHeadersNeeded = (): boolean => Object.keys(transport.headers()).length > 0;

/** The request as it goes out. */
export function addressed(request: Request): Request {
  for (const [name, value] of Object.entries(transport.headers())) request.headers.set(name, value);
  return request;
}
