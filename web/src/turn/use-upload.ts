/** Uploads in React. Fetched with whatever shows them. */
import { useEffect, useSyncExternalStore } from "react";

import { uploads } from "./page-uploads";
import type { Upload } from "./uploads";

/** How it stands with all of them. */
export const useUploads = (): ReadonlyMap<string, Upload | null> =>
  useSyncExternalStore(uploads.subscribe, uploads.all);

/** How it stands with one: undefined while it is looked up, null when it is lost. */
export function useUpload(key: string): Upload | null | undefined {
  useEffect(() => void uploads.recall(key), [key]);
  return useUploads().get(key);
}
