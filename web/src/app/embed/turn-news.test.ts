import { describe, expect, it } from "vitest";

import type { Turn } from "@/api/types";

import { TurnNewsOf } from "./turn-news";

const turn = (turnId: string, status: Turn["status"]) =>
  ({ turn_id: turnId, session_id: "s1", status }) as Turn;
const said = (news: ReturnType<TurnNewsOf["of"]>) =>
  news.map(({ detail }) => [detail.turnId, detail.status]);

describe("the news of a session's turns", () => {
  it("are none of what had ended before it was opened", () => {
    expect(new TurnNewsOf().of([turn("t1", "completed"), turn("t2", "failed")])).toEqual([]);
  });

  it("are what begins, waits and ends, each once", () => {
    const news = new TurnNewsOf();
    news.of([turn("t1", "completed")]);
    expect(said(news.of([turn("t1", "completed"), turn("t2", "running")]))).toEqual([
      ["t2", "running"],
    ]);
    expect(news.of([turn("t1", "completed"), turn("t2", "running")])).toEqual([]);
    expect(said(news.of([turn("t2", "awaiting_input")]))).toEqual([["t2", "awaiting_input"]]);
    expect(said(news.of([turn("t2", "completed"), turn("t3", "completed")]))).toEqual([
      ["t2", "completed"],
      ["t3", "completed"],
    ]);
  });

  it("are told of a turn that was under way when the session was opened", () => {
    const news = new TurnNewsOf();
    expect(said(news.of([turn("t1", "running")]))).toEqual([["t1", "running"]]);
    expect(said(news.of([turn("t1", "completed")]))).toEqual([["t1", "completed"]]);
  });
});
