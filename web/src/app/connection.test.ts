import { beforeEach, afterEach, describe, expect, it, vi } from "vitest";

import { hear } from "@/api/line";

import { ConnectionWatch } from "./connection";

/** A server that is there or not. */
function watched() {
  const server = { isThere: false, asked: 0 };
  const onReturn = vi.fn();
  const watch = new ConnectionWatch(() => {
    server.asked += 1;
    return Promise.resolve(server.isThere);
  }, onReturn);
  return { server, watch, onReturn, state: () => watch.snapshot().state };
}

const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.5); // no spread
});
afterEach(() => vi.useRealTimers());

describe("the connection", () => {
  it("is taken as there until twice within about a second nobody answers", async () => {
    const { server, watch, state } = watched();
    expect(state()).toBe("connected");
    watch.missed();
    expect(state()).toBe("connected");
    await pass(1);
    expect(server.asked).toBe(1);
    expect(state()).toBe("unreachable");
  });

  it("is not worth a word when the server is back within a second", async () => {
    const { server, watch, onReturn, state } = watched();
    const listener = vi.fn();
    watch.subscribe(listener);
    watch.missed();
    server.isThere = true;
    await pass(60);
    expect(state()).toBe("connected");
    expect(server.asked).toBe(1);
    expect(listener).not.toHaveBeenCalled();
    expect(onReturn).not.toHaveBeenCalled();
  });

  it("is asked for after 1, 2, 4 seconds and comes back with the first answer", async () => {
    const { server, watch, onReturn, state } = watched();
    watch.missed();
    await pass(1);
    await pass(2);
    expect(server.asked).toBe(2);
    server.isThere = true;
    await pass(4);
    expect(state()).toBe("connected");
    expect(onReturn).toHaveBeenCalledOnce();
    await pass(60);
    expect(server.asked).toBe(3);
  });

  it("comes back with the answer to any request, and asks no more", async () => {
    const { server, watch, onReturn, state } = watched();
    watch.missed();
    await pass(1);
    watch.answered();
    expect(state()).toBe("connected");
    expect(onReturn).toHaveBeenCalledOnce();
    await pass(60);
    expect(server.asked).toBe(1);
  });

  it("starts with a short wait again after it was back", async () => {
    const { server, watch } = watched();
    watch.missed();
    await pass(1);
    server.isThere = true;
    await pass(2);
    server.isThere = false;
    watch.missed();
    await pass(1);
    expect(watch.snapshot()).toEqual({ state: "unreachable", retryAt: Date.now() + 2000 });
  });

  it("counts many missed requests as one", async () => {
    const { server, watch } = watched();
    watch.missed();
    watch.missed();
    watch.missed();
    await pass(1);
    watch.missed();
    expect(server.asked).toBe(1);
  });

  it("is asked for at once when somebody wants to know", async () => {
    const { server, watch, state } = watched();
    watch.missed();
    await pass(1);
    server.isThere = true;
    await watch.retryNow();
    expect(state()).toBe("connected");
    await pass(60);
    expect(server.asked).toBe(2);
  });

  it("is not asked for while there is no network", async () => {
    const { server, watch, state } = watched();
    watch.missed();
    watch.wentOffline();
    await pass(120);
    expect(state()).toBe("offline");
    expect(server.asked).toBe(0);
  });

  it("tells who listens, and nobody who stopped", async () => {
    const { watch } = watched();
    const listener = vi.fn();
    const stop = watch.subscribe(listener);
    watch.missed();
    await pass(1);
    expect(listener).toHaveBeenCalledOnce();
    stop();
    watch.wentOffline();
    expect(listener).toHaveBeenCalledOnce();
  });

  it("is told to those who wait for the server, however short it was away", async () => {
    const { server, watch } = watched();
    const listener = vi.fn();
    const stop = hear("back", listener);
    watch.missed();
    server.isThere = true;
    await pass(1);
    expect(listener).toHaveBeenCalledOnce();
    stop();
  });
});
