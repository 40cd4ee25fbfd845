import { describe, expect, it } from "vitest";

import { FramePacer, type Screen } from "./frame-pacer";

/** A screen whose frames the test lets pass, each costing what the test says. */
function screen() {
  let waiting: (() => void)[] = [];
  let time = 0;
  let painted: (() => void)[] = [];
  const fake: Screen = {
    nextFrame: (callback) => waiting.push(callback),
    afterPaint: (callback) => painted.push(callback),
    now: () => time,
  };
  const frame = (cost: number) => {
    const callbacks = waiting;
    waiting = [];
    for (const callback of callbacks) callback();
    time += cost;
    for (const callback of painted) callback();
    painted = [];
  };
  return { fake, frame };
}

/** In which of these frames was work done, if there is always work to do? */
function worked(costs: readonly number[]): readonly boolean[] {
  const { fake, frame } = screen();
  const pacer = new FramePacer(fake);
  return costs.map((cost) => {
    let isDone = false;
    pacer.request(() => (isDone = true));
    frame(cost);
    return isDone;
  });
}

describe("work", () => {
  it("is done once a frame, however often it is asked for", () => {
    const { fake, frame } = screen();
    const pacer = new FramePacer(fake);
    let count = 0;
    for (let i = 0; i < 100; i += 1) pacer.request(() => (count += 1));
    expect(count).toBe(0);
    frame(1);
    expect(count).toBe(1);
    frame(1);
    expect(count).toBe(1);
  });

  it("is done every frame while frames are cheap", () => {
    expect(worked([3, 3, 3, 11])).toEqual([true, true, true, true]);
  });
});

describe("after a frame that was too dear", () => {
  it("work is done every second frame, and every fourth when that is too dear too", () => {
    const { fake, frame } = screen();
    const pacer = new FramePacer(fake);
    const done: number[] = [];
    for (let i = 0; i < 14; i += 1) {
      pacer.request(() => done.push(i));
      frame(20);
    }
    expect(done.length).toBeLessThan(6);
  });

  it("work is done every frame again once frames are cheap", () => {
    const { fake, frame } = screen();
    const pacer = new FramePacer(fake);
    const step = (cost: number) => {
      let isDone = false;
      pacer.request(() => (isDone = true));
      frame(cost);
      return isDone;
    };
    step(40);
    for (let i = 0; i < 12; i += 1) step(2);
    expect([step(2), step(2), step(2)]).toEqual([true, true, true]);
  });
});
