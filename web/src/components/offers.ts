/**
 * What can be done at this moment: whatever is on the screen offers what it can do, the list of commands asks.
 *
 * The rule it keeps: nothing is called anything here, so that the words of a command come with the list.
 */
import { useEffect, useEffectEvent } from "react";

import type { Shortcut } from "./shortcuts";
import { useShortcut } from "./use-shortcut";

/** What is done by keys is known by them; what has none that work everywhere, by a name. */
export type Offered = Shortcut | "retry" | "edit" | "share";

type Offer = readonly [of: Offered, run: () => void];

/** The newest last: whoever came later knows better what is on the screen. */
let offers: readonly Offer[] = [];

export const offerOf = (of: Offered): (() => void) | undefined =>
  offers.findLast(([offered]) => offered === of)?.[1];

export function useOffer(of: Offered, run: () => void, isOn = true): void {
  const act = useEffectEvent(run);
  useEffect(() => {
    if (!isOn) return;
    const offer: Offer = [of, () => act()];
    offers = [...offers, offer];
    return () => {
      offers = offers.filter((other) => other !== offer);
    };
  }, [of, isOn]);
}

/** Does something when its keys are pressed, or when it is asked for by name. */
export function useDeed(shortcut: Shortcut, run: () => void, isOn = true): void {
  useShortcut(shortcut, run, isOn);
  useOffer(shortcut, run, isOn);
}
