import { describe, expect, it } from "vitest";

import { aPendingStep, aToolStep } from "@/testing/tool-calls";
import { anAnswer, anInference, aTurn } from "@/testing/values";

import { layOut } from "./timeline-layout";

const START = Date.UTC(2025, 5, 12, 12);
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();
const now = START + 10_000;

describe("the bars of a turn", () => {
  it("stand where its steps were, with the silence before the first token", () => {
    const asked = anInference({
      step_id: "s1",
      started_at: at(0),
      completed_at: at(4),
      first_token_at: at(1),
    });
    const tool = aToolStep("Sunny.", { started_at: at(4), completed_at: at(5) });
    const { bars, total, isCut } = layOut(
      aTurn({ started_at: at(0), completed_at: at(5), steps: [asked, tool] }),
      now,
    );
    expect({ total, isCut }).toEqual({ total: 5000, isCut: false });
    expect(bars.map(({ at: place, width, silence }) => [place, width, silence])).toEqual([
      [0, 80, 25],
      [80, 20, 0],
    ]);
    expect(bars.map(({ start, took }) => [start, took])).toEqual([
      [0, 4000],
      [4000, 1000],
    ]);
  });

  it("of a step that runs go to now, and those of one that waits for a person do not", () => {
    const runs = anInference({ started_at: at(8), completed_at: null, status: "running" });
    const waits = aPendingStep({ started_at: at(9) });
    const turn = aTurn({ status: "running", started_at: at(0), completed_at: null });
    expect(layOut({ ...turn, steps: [runs] }, now).bars[0]?.took).toBe(2000);
    expect(layOut({ ...turn, steps: [waits] }, now).bars[0]?.took).toBe(0);
  });

  it("leave an hour's wait for a person little room, and say how long it was", () => {
    const asked = anInference({ started_at: at(0), completed_at: at(1) });
    const tool = aToolStep("Paid.", {
      started_at: at(1),
      completed_at: at(3602),
      approval: "approved",
      metadata: { decided_at: at(3600), begun_at: at(3601) },
    });
    const { bars, isCut } = layOut(
      aTurn({ started_at: at(0), completed_at: at(3602), steps: [asked, tool] }),
      now,
    );
    expect(isCut).toBe(true);
    expect([bars[1]?.waited, bars[1]?.took]).toEqual([3_600_000, 1000]);
    expect(bars[0]?.width).toBeGreaterThan(40);
    expect(bars[1]?.width).toBeGreaterThan(40);
    expect((bars[1]?.at ?? 0) + (bars[1]?.waitWidth ?? 0) + (bars[1]?.width ?? 0)).toBeCloseTo(100);
  });

  it("stay within the axis whatever clocks say", () => {
    const odd = anInference({ started_at: at(2), completed_at: at(1), first_token_at: at(9) });
    const before = anInference({ step_id: "s0", started_at: at(-1), completed_at: at(0.5) });
    const turn = aTurn({ started_at: at(0), completed_at: at(0), steps: [before, odd] });
    for (const bar of layOut(turn, now).bars) {
      expect(bar.at).toBeGreaterThanOrEqual(0);
      expect(bar.at + bar.waitWidth + bar.width).toBeLessThanOrEqual(100.001);
      expect(bar.silence).toBeLessThanOrEqual(100);
      expect(bar.took).toBeGreaterThanOrEqual(0);
    }
  });

  it("there are none of a turn that waits, and a turn without a length is no division by zero", () => {
    expect(layOut(aTurn({ steps: [] }), now)).toEqual({ bars: [], total: 0, isCut: false });
    const said = anInference({
      model_response: anAnswer("Hi."),
      started_at: at(0),
      completed_at: at(0),
    });
    const [bar] = layOut(
      aTurn({ started_at: at(0), completed_at: at(0), steps: [said] }),
      now,
    ).bars;
    expect([bar?.at, bar?.width]).toEqual([0, 0]);
  });
});
