/** Tells the page around which session is open, and what becomes of its turns. */
import { hashKey, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { keys } from "@/api/keys";
import { type TurnPages, turnsIn } from "@/api/pages";
import type { News } from "@/embed/protocol";

import { TurnNewsOf } from "./turn-news";

export function useNews(
  agentId: string,
  sessionId: string | null,
  say: (news: News) => void,
): void {
  const client = useQueryClient();
  useEffect(() => {
    say({ type: "session", detail: { sessionId } });
    if (sessionId === null) return;
    const queryKey = keys.turns(agentId, sessionId);
    const news = new TurnNewsOf();
    const look = () => {
      const pages = client.getQueryData<TurnPages>(queryKey);
      if (pages) for (const each of news.of(turnsIn(pages))) say(each);
    };
    look();
    const hash = hashKey(queryKey);
    return client.getQueryCache().subscribe(({ query }) => {
      if (query.queryHash === hash) look();
    });
  }, [client, agentId, sessionId, say]);
}
