/**
 * Every file that was chosen and is not yet part of a turn: it is sent to the server at once, while
 * the message is still being written.
 *
 * The rules it keeps: a chosen file is kept in this browser until its message was accepted or it was
 * taken away, so neither a reload nor a dead line loses it; it is kept as the browser's own `Blob`,
 * never as text; two are sent at a time. Framework-free: its React face is `use-uploads.ts`.
 */
import { ApiError, isApiError } from "@/api/errors";
import { retryDelay } from "@/api/retry";
import type { StoredFile } from "@/api/types";
import { uploadFile } from "@/api/upload";
import { online, wait } from "@/api/wait";
import type { RecordStore } from "@/storage/record-store";

import { newKey } from "./new-key";
import { type SendError, sendErrorOf } from "./outbox-entry";

/** A chosen file, as this browser keeps it. */
export interface KeptFile {
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly blob: Blob;
  /** It was text that was pasted: it can become that again. */
  readonly isPasted: boolean;
  /** What the server calls it; null until it has it. */
  readonly stored: StoredFile | null;
  readonly createdAt: number;
}

export interface Upload extends KeptFile {
  readonly state: "uploading" | "uploaded" | "failed";
  /** How much of it has gone, between 0 and 1. */
  readonly progress: number;
  readonly error: SendError | null;
}

export interface UploadsOptions {
  readonly records: RecordStore<KeptFile>;
  /** Does the server still have it? It forgets what no message names for long. */
  readonly isStored: (fileId: string) => Promise<boolean>;
  readonly upload?: typeof uploadFile;
  readonly pause?: typeof wait;
}

type Chosen = Pick<KeptFile, "name" | "type" | "blob" | "isPasted">;

const AT_ONCE = 2;
/** What nobody sent for so long is nobody's. */
const KEPT_MS = 30 * 24 * 3600 * 1000;

export class Uploads {
  readonly #options: UploadsOptions;
  readonly #listeners = new Set<() => void>();
  readonly #aborts = new Map<string, AbortController>();
  readonly #recalled = new Map<string, Promise<void>>();
  readonly #slots: Promise<void>[] = Array.from({ length: AT_ONCE }, () => Promise.resolve());
  #begun = 0;
  #all: ReadonlyMap<string, Upload | null> = new Map();

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  /** By their keys; null is one that is lost. Another map after each change. */
  readonly all = (): ReadonlyMap<string, Upload | null> => this.#all;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Take a file, and begin to send it. Returns its key. */
  readonly add = (chosen: Chosen): string => {
    const kept: KeptFile = { ...chosen, key: newKey(), stored: null, createdAt: Date.now() };
    this.#recalled.set(kept.key, this.#options.records.put(kept.key, kept));
    this.#begin(kept);
    return kept.key;
  };

  /** Take up a file that an earlier page, or another tab, has kept. */
  readonly recall = (key: string): Promise<void> => {
    const known = this.#recalled.get(key) ?? this.#read(key);
    this.#recalled.set(key, known);
    return known;
  };

  /** What the server calls a file, once it has it. Throws an ApiError when it will not have it. */
  async done(key: string): Promise<StoredFile> {
    await this.recall(key);
    return new Promise((resolve, reject) => {
      const look = (): boolean => {
        const upload = this.#all.get(key);
        if (upload?.state === "uploading") return false;
        if (upload?.stored) resolve(upload.stored);
        else reject(new ApiError(upload?.error ? problemOf(upload.error) : LOST));
        return true;
      };
      if (look()) return;
      const stop = this.subscribe(() => {
        if (look()) stop();
      });
    });
  }

  /** Send again what failed; with `isForgotten`, also what the server no longer has. */
  readonly retry = (key: string, isForgotten = false): void => {
    const upload = this.#all.get(key);
    if (upload?.state === "failed" || (isForgotten && upload?.state === "uploaded"))
      this.#begin(upload);
  };

  /** Forget a file: it was taken away, or its message was accepted. */
  readonly remove = (key: string): void => {
    this.#aborts.get(key)?.abort();
    this.#aborts.delete(key);
    this.#publish(key, undefined);
    this.#recalled.delete(key);
    void this.#options.records.delete(key);
  };

  /** Forget what was chosen long ago and never sent. */
  async sweep(now = Date.now()): Promise<void> {
    for (const { key, createdAt } of await this.#options.records.all())
      if (now - createdAt > KEPT_MS && !this.#all.has(key)) await this.#options.records.delete(key);
  }

  async #read(key: string): Promise<void> {
    const kept = await this.#options.records.get(key);
    if (kept === undefined) this.#publish(key, null);
    else if (kept.stored === null) this.#begin(kept);
    else {
      this.#publish(key, { ...kept, state: "uploaded", progress: 1, error: null });
      void this.#confirm(key, kept.stored.file_id);
    }
  }

  async #confirm(key: string, fileId: string): Promise<void> {
    if (!(await this.#options.isStored(fileId))) this.retry(key, true);
  }

  #begin(kept: KeptFile): void {
    const { key } = kept;
    const abort = new AbortController();
    this.#aborts.set(key, abort);
    this.#publish(key, { ...kept, stored: null, state: "uploading", progress: 0, error: null });
    const slot = this.#begun++ % AT_ONCE;
    const send = () => this.#send(key, abort.signal);
    this.#slots[slot] = (this.#slots[slot] ?? Promise.resolve()).then(send, send);
  }

  /** Bring one file to the server, with as many tries as it takes. */
  async #send(key: string, signal: AbortSignal): Promise<void> {
    const isRemoved = () => signal.aborted;
    for (let retries = 0; ; retries += 1) {
      await online();
      const upload = this.#all.get(key);
      if (!upload || isRemoved()) return;
      try {
        await this.#try(upload, signal);
        return;
      } catch (error) {
        if (isRemoved()) return;
        if (!isApiError(error)) throw error;
        if (!(await this.#patience(key, error, retries, signal))) return;
      }
    }
  }

  async #try(upload: Upload, signal: AbortSignal): Promise<void> {
    const { key } = upload;
    const onProgress = (progress: number) => this.#change(key, { progress });
    const stored = await (this.#options.upload ?? uploadFile)(upload, onProgress, signal);
    const { name, type, blob, isPasted, createdAt } = upload;
    const kept = { key, name, type, blob, isPasted, createdAt, stored };
    await this.#options.records.put(key, kept); // before a message names it
    if (signal.aborted) await this.#options.records.delete(key);
    else this.#change(key, { stored, state: "uploaded", progress: 1 });
  }

  /** Wait for the next try; false when there is none. */
  async #patience(key: string, error: ApiError, retries: number, signal: AbortSignal) {
    const delay = retryDelay(error, retries);
    if (delay === null) {
      this.#change(key, { state: "failed", error: sendErrorOf(error) });
      return false;
    }
    try {
      await (this.#options.pause ?? wait)(delay, signal);
    } catch {
      return false; // taken away meanwhile
    }
    return true;
  }

  #change(key: string, values: Partial<Upload>): void {
    const upload = this.#all.get(key);
    if (upload) this.#publish(key, { ...upload, ...values });
  }

  #publish(key: string, upload: Upload | null | undefined): void {
    const all = new Map(this.#all);
    if (upload === undefined) all.delete(key);
    else all.set(key, upload);
    this.#all = all;
    for (const listener of this.#listeners) listener();
  }
}

/** A file of an earlier page that this browser did not keep. */
const LOST = { status: 410, code: "file_lost", title: "A file was not kept" } as const;

const problemOf = ({ status, code, title, detail, requestId }: SendError) => ({
  status,
  code,
  title,
  ...(detail !== "" && { detail }),
  ...(requestId !== null && { request_id: requestId }),
});
