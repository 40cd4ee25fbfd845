/** A preference, and every change of it, in this tab or another. Change it with `prefer`. */
import { useSyncExternalStore } from "react";

import { preferences, type Preferences, subscribeToPreferences } from "@/storage/preferences";

export function usePreference<K extends keyof Preferences>(key: K): Preferences[K] {
  return useSyncExternalStore(subscribeToPreferences, () => preferences()[key]);
}
