/**
 * A file on its way to the server. `fetch` cannot say how far it is, so this is an XMLHttpRequest.
 *
 * The rule it keeps: one try; bytes go from the disk to the line, and are never text here. An abort
 * stays what it is; all else that goes wrong is an `ApiError`, as of every request.
 */
import { errorOf, unreachable } from "./errors";
import { tell, tellOf } from "./line";
import { serverHeaders, serverUrl } from "./transport";
import type { StoredFile } from "./types";

/** A line on which nothing moves for so long is dead. */
const STALLED_MS = 60_000;

export interface Outgoing {
  readonly name: string;
  readonly type: string;
  readonly blob: Blob;
}

/** Hear how much has gone, between 0 and 1. */
type OnProgress = (share: number) => void;

export async function uploadFile(
  file: Outgoing,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<StoredFile> {
  const response = await post(serverUrl("/v1/files"), formOf(file), onProgress, signal);
  tellOf(response.status);
  if (!response.ok) throw await errorOf(response);
  try {
    return (await response.json()) as StoredFile;
  } catch (error) {
    throw unreachable(error); // cut within its body: it did not come
  }
}

/** The name stands by itself, too: what a form makes of one with quotes in it differs by browser. */
function formOf({ name, type, blob }: Outgoing): FormData {
  const form = new FormData();
  form.append("name", name);
  form.append("file", new File([blob], name, { type }));
  return form;
}

function post(url: string, body: FormData, onProgress: OnProgress, signal: AbortSignal) {
  return new Promise<Response>((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    const fail = () => {
      tell("missed");
      reject(unreachable(new Error("the line was cut")));
    };
    const giveUp = () => {
      request.abort();
      fail();
    };
    let patience = setTimeout(giveUp, STALLED_MS);
    const end = () => {
      clearTimeout(patience);
      signal.removeEventListener("abort", stop);
    };
    const stop = () => {
      request.abort();
      reject(signal.reason as Error);
    };
    request.upload.onprogress = ({ loaded, total }) => {
      clearTimeout(patience);
      patience = setTimeout(giveUp, STALLED_MS);
      onProgress(total === 0 ? 0 : loaded / total);
    };
    request.onload = () => resolve(answerOf(request));
    request.onerror = fail;
    request.onloadend = end;
    signal.addEventListener("abort", stop, { once: true });
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    for (const [name, value] of Object.entries(serverHeaders()))
      request.setRequestHeader(name, value);
    request.send(body);
  });
}

const HEADERS = ["Content-Type", "Retry-After", "X-Request-Id"];

function answerOf(request: XMLHttpRequest): Response {
  const headers = new Headers();
  for (const name of HEADERS) {
    const value = request.getResponseHeader(name);
    if (value !== null) headers.set(name, value);
  }
  return new Response(request.responseText, { status: request.status, headers });
}
