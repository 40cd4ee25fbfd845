/** A turn that the reader is to be brought to. Each wish is one: who asks again for the same turn is brought there again. */
import { useState } from "react";

export interface Sought {
  readonly turnId: string;
}

/** The first turn of all, whichever that is. */
export const FIRST = "first";

/** What was asked for last, by the address or by something on the page. */
export function useSought(addressed: string | undefined) {
  const [address, setAddress] = useState(addressed);
  const [sought, setSought] = useState(() => soughtBy(addressed));
  if (address !== addressed) {
    setAddress(addressed);
    setSought(soughtBy(addressed));
  }
  return [sought, (turnId: string) => setSought({ turnId })] as const;
}

const soughtBy = (turnId: string | undefined): Sought | undefined =>
  turnId === undefined ? undefined : { turnId };
