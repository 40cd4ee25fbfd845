/**
 * The logs of `tests/golden/`, which the server folds too: here and there each makes the same turn,
 * at its end and at every snapshot on the way.
 */
import { describe, expect, it } from "vitest";

import { LOGS } from "@/testing/golden";
import { chance } from "@/testing/random";

import { foldAll } from "./turn-reducer";

it("there are golden logs", () => {
  expect(LOGS.length).toBeGreaterThan(0);
});

describe.each(LOGS)("the log $name", ({ frames, turn, snapshots }) => {
  it("folds to its turn", () => {
    expect(foldAll(null, frames)).toEqual(turn);
  });

  it.each(Object.entries(snapshots))("folds to its snapshot after %s frames", (count, snapshot) => {
    expect(foldAll(null, frames.slice(0, Number(count)))).toEqual(snapshot);
  });

  it("folds to its turn from any snapshot that the server gives", () => {
    for (const [count, snapshot] of Object.entries(snapshots)) {
      expect(foldAll(snapshot, frames.slice(Number(count)))).toEqual(turn);
    }
  });

  it("folds to its turn when the stream is cut and read again from an earlier place", () => {
    const luck = chance(frames.length);
    for (let cut = 1; cut <= frames.length; cut += 1) {
      const again = luck.below(cut + 1);
      const seen = [...frames.slice(0, cut), ...frames.slice(again)];
      expect(foldAll(null, seen)).toEqual(turn);
    }
  });
});
