/**
 * The browser's offer to install the page as an app, kept until somebody takes it.
 *
 * It must be loaded with the first screen: the offer is made once, and early.
 */

interface Offer extends Event {
  prompt(): Promise<unknown>;
}

let offer: Offer | null = null;
const listeners = new Set<() => void>();

function publish(next: Offer | null): void {
  offer = next;
  for (const listener of listeners) listener();
}

addEventListener("beforeinstallprompt", (made) => {
  made.preventDefault(); // it is shown where somebody looks for it
  publish(made as Offer);
});
addEventListener("appinstalled", () => publish(null));

export const installOffer = (): Offer | null => offer;

export function subscribeToInstallOffer(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** An offer can be taken up once, whatever comes of it. */
export function install(): void {
  void offer?.prompt();
  publish(null);
}
