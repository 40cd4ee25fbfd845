/**
 * Deciding about a tool call, once: while a decision is on its way no other can be made.
 *
 * The rule it keeps: who was slower than somebody else is not told off; the call shows as it is then.
 */
import { useId, useState } from "react";

import { isApiError } from "@/api/errors";
import type { Decision, ToolCallStep, Turn } from "@/api/types";
import type { Problems } from "@/forms/draft";

import type { TurnActions } from "./turn-actions";

/** What a card is about. */
export interface Asked {
  readonly turn: Turn;
  readonly step: ToolCallStep;
  readonly decide: TurnActions["decide"];
}

export interface Deciding {
  /** The id of the card's element. */
  readonly cardId: string;
  /** What is on its way to the server. */
  readonly made: Decision["decision"] | null;
  readonly error: Error | null;
  readonly make: (decision: Decision) => void;
  /** What the server says is wrong within the value that it calls `name`. */
  readonly problemsIn: (name: string) => Problems;
}

export function useDecision({ turn, step, decide }: Asked): Deciding {
  const cardId = useId();
  const [made, setMade] = useState<Decision["decision"] | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const make = (decision: Decision) => {
    if (made !== null) return;
    setMade(decision.decision);
    setError(null);
    const goOn = wayFrom(document.getElementById(cardId));
    decide(turn, step.tool_call.call_id, decision)
      .then(goOn)
      .catch((reason: unknown) => {
        setMade(null);
        const isLate = isApiError(reason) && reason.status === 409;
        setError(isLate ? null : asError(reason));
      });
  };
  return { cardId, made, error, make, problemsIn: (name) => problemsWithin(error, name) };
}

/** The card goes away: the focus goes to the next one, or to the turn. */
function wayFrom(card: HTMLElement | null): () => void {
  const next = card?.nextElementSibling ?? card?.previousElementSibling;
  const article = card?.closest("article");
  return () => {
    const button = next?.querySelector<HTMLElement>("button");
    (button ?? article)?.focus();
  };
}

const asError = (reason: unknown) => (reason instanceof Error ? reason : new Error(String(reason)));

function problemsWithin(error: Error | null, name: string): Problems {
  if (!isApiError(error)) return {};
  const start = `/${name}`;
  const within = error.fieldErrors.filter(({ pointer }) => pointer.startsWith(start));
  return Object.fromEntries(
    within.map(({ pointer, detail }) => [pointer.slice(start.length), detail]),
  );
}
