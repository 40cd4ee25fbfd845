import { afterEach, describe, expect, it } from "vitest";

import { openRecords } from "@/storage/record-store";
import { problem } from "@/testing/fake-server";
import { aStoredFile, FileServer } from "@/testing/file-server";

import { type KeptFile, Uploads, type UploadsOptions } from "./uploads";

const records = openRecords<KeptFile>("uploads");

const uploads = (options: Partial<UploadsOptions> = {}) =>
  new Uploads({
    records,
    isStored: () => Promise.resolve(true),
    pause: () => Promise.resolve(),
    ...options,
  });

const chosen = (name = "notes.txt", words = "Olá") => ({
  name,
  type: "text/plain",
  blob: new Blob([words], { type: "text/plain" }),
  isPasted: false,
});

afterEach(async () => {
  for (const { key } of await records.all()) await records.delete(key);
});

describe("a chosen file", () => {
  it("goes to the server at once, under its name", async () => {
    const server = new FileServer();
    const box = uploads();
    const key = box.add(chosen('a "b" ü.txt'));
    expect(box.all().get(key)).toMatchObject({ state: "uploading", stored: null });
    expect(await box.done(key)).toMatchObject({ file_id: "file-1" });
    expect(server.files).toMatchObject([{ file_id: "file-1", name: 'a "b" ü.txt' }]);
    expect(box.all().get(key)).toMatchObject({ state: "uploaded", progress: 1 });
  });

  it("is kept until it is removed, so that another page goes on with it", async () => {
    const server = new FileServer();
    server.refusals.push(problem(415, "unsupported_file", "No."));
    const before = uploads();
    const key = before.add(chosen());
    await expect(before.done(key)).rejects.toMatchObject({ message: "No." });
    const after = uploads();
    expect(await after.done(key)).toMatchObject({ file_id: "file-1", name: "notes.txt" });
    after.remove(key);
    await expect.poll(() => records.all()).toEqual([]);
  });

  it("that is with the server is not sent again by another page", async () => {
    const server = new FileServer();
    const before = uploads();
    const key = before.add(chosen());
    await before.done(key);
    expect(await uploads().done(key)).toMatchObject({ file_id: "file-1" });
    expect(server.asked).toBe(1);
  });

  it("is sent again by another page if the server has forgotten it meanwhile", async () => {
    new FileServer();
    const before = uploads();
    const key = before.add(chosen());
    await before.done(key);
    const after = uploads({ isStored: () => Promise.resolve(false) });
    await after.recall(key);
    await expect.poll(() => after.all().get(key)?.stored?.file_id).toBe("file-2");
  });

  it("that this browser did not keep is known to be lost", async () => {
    const box = uploads();
    await box.recall("gone");
    expect(box.all().get("gone")).toBeNull();
    await expect(box.done("gone")).rejects.toMatchObject({ code: "file_lost" });
  });

  it("is tried again after trouble of the server, and given up when that does not end", async () => {
    const server = new FileServer();
    const trouble = () => problem(503, "overloaded", "Later.");
    server.refusals.push(trouble(), trouble());
    const box = uploads();
    expect(await box.done(box.add(chosen()))).toMatchObject({ file_id: "file-1" });
    server.refusals.push(...[1, 2, 3, 4].map(trouble));
    const key = box.add(chosen());
    await expect(box.done(key)).rejects.toMatchObject({ status: 503 });
    expect(box.all().get(key)).toMatchObject({ state: "failed", error: { isRetryable: true } });
    box.retry(key);
    expect(await box.done(key)).toMatchObject({ file_id: "file-2" });
  });

  it("that was removed while it was sent leaves nothing behind", async () => {
    const sending = promised<AbortSignal>();
    const box = uploads({
      upload: (_file, onProgress, signal) => {
        onProgress(0.5);
        sending.resolve(signal);
        return new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error));
        });
      },
    });
    const key = box.add(chosen());
    const signal = await sending.promise;
    expect(box.all().get(key)).toMatchObject({ state: "uploading", progress: 0.5 });
    box.remove(key);
    expect(signal.aborted).toBe(true);
    expect(box.all().has(key)).toBe(false);
    await expect.poll(() => records.all()).toEqual([]);
  });

  it("waits while two others are on their way", async () => {
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const box = uploads({
      upload: (file) => {
        begun.push(file.name);
        return new Promise((resolve) => {
          ends.push(() => resolve(aStoredFile(file.name, file.name)));
        });
      },
    });
    for (const name of ["a", "b", "c"]) box.add(chosen(name));
    await expect.poll(() => begun).toEqual(["a", "b"]);
    ends[0]!();
    await expect.poll(() => begun).toEqual(["a", "b", "c"]);
  });

  it("that nobody sent for a month is forgotten", async () => {
    new FileServer();
    const key = uploads().add(chosen());
    await expect.poll(() => records.get(key)).toBeDefined();
    const day = 24 * 3600 * 1000;
    await uploads().sweep(Date.now() + 29 * day);
    expect(await records.get(key)).toBeDefined();
    await uploads().sweep(Date.now() + 31 * day);
    expect(await records.get(key)).toBeUndefined();
  });
});

function promised<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((keep) => (resolve = keep));
  return { promise, resolve: (value: T) => resolve(value) };
}
