/**
 * Records of one kind by key, kept in this browser: what must not be lost when the page is.
 *
 * The rule it keeps: storage never stands in the way. Where the browser refuses (private window,
 * full disk), records live as long as the page, and `isDurable` says so.
 */

export interface RecordStore<T> {
  readonly get: (key: string) => Promise<T | undefined>;
  /** All records, in the order of their keys. */
  readonly all: () => Promise<readonly T[]>;
  readonly put: (key: string, record: T) => Promise<void>;
  readonly delete: (key: string) => Promise<void>;
  /** False while a record is kept in memory only. */
  readonly isDurable: () => boolean;
}

const DATABASE = "tertulia";
const VERSION = 2;
/** Every kind there is. A new one needs a new VERSION: browsers make stores only then. */
export const KINDS = ["drafts", "outbox", "uploads"] as const;
export type Kind = (typeof KINDS)[number];

let opened: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => {
      const { objectStoreNames: made } = request.result;
      for (const kind of KINDS) if (!made.contains(kind)) request.result.createObjectStore(kind);
    };
    request.onsuccess = () => {
      // A newer page in another tab wants to change the stores: do not stand in its way.
      request.result.onversionchange = () => {
        request.result.close();
        opened = undefined;
      };
      // Browsers that want the memory back close it under a page in the background: open it anew.
      request.result.onclose = () => (opened = undefined);
      resolve(request.result);
    };
    request.onerror = () => reject(request.error ?? new Error("IndexedDB cannot be opened"));
  });
  opened.catch(() => (opened = undefined));
  return opened;
}

async function transact<R>(
  kind: Kind,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<R>,
): Promise<R> {
  const transaction = (await database()).transaction(kind, mode);
  const request = work(transaction.objectStore(kind));
  transaction.commit(); // now: a page that is being left does not live to see it happen by itself
  return await new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () =>
      reject(transaction.error ?? new Error("the transaction was aborted"));
  });
}

/** The store of a kind in IndexedDB, with a memory beside it for what the browser refuses to keep. */
export function openRecords<T>(kind: Kind): RecordStore<T> {
  const memory = new Map<string, T>();

  async function orElse<R>(stored: Promise<R>, remembered: () => R): Promise<R> {
    try {
      return await stored;
    } catch {
      return remembered();
    }
  }

  const erase = (key: string) =>
    transact<undefined>(kind, "readwrite", (store) => store.delete(key));

  return {
    isDurable: () => memory.size === 0,
    async get(key) {
      const remembered = memory.get(key);
      if (remembered !== undefined) return remembered;
      const stored = transact(kind, "readonly", (store) => store.get(key) as IDBRequest<T>);
      return orElse<T | undefined>(stored, () => undefined);
    },
    async all() {
      const stored = transact(kind, "readonly", (store) => store.getAll() as IDBRequest<T[]>);
      return [...(await orElse(stored, () => [])), ...memory.values()];
    },
    async put(key, record) {
      if (memory.has(key)) memory.set(key, record);
      try {
        await transact(kind, "readwrite", (store) => store.put(record, key));
        memory.delete(key);
      } catch {
        memory.set(key, record);
        await orElse(erase(key), () => undefined); // what it said before is past
      }
    },
    async delete(key) {
      memory.delete(key);
      await orElse(erase(key), () => undefined);
    },
  };
}

/** Forget all records of every kind: whoever comes next is somebody else. */
export async function eraseRecords(): Promise<void> {
  await Promise.allSettled(
    KINDS.map((kind) => transact<undefined>(kind, "readwrite", (store) => store.clear())),
  );
}
