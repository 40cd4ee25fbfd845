/** The recorded turns of `tests/golden/`, which the server folds too. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { EventFrame } from "@/api/events";
import type { Turn } from "@/api/types";

export interface Golden {
  readonly name: string;
  readonly frames: readonly EventFrame[];
  readonly turn: Turn;
  /** By how many frames had come. */
  readonly snapshots: Readonly<Record<string, Turn>>;
}

const FOLDER = join(import.meta.dirname, "../../../tests/golden");

export const LOGS: readonly Golden[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".json"))
  .map((name) => JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as Golden);
