/**
 * The `style` attribute where the renderer would read one: what models write keeps none (`safety.ts`), and the page's
 * policy would not let it count. See `vite.config.ts`.
 */
export default function readStyle(): void {
  // There is nothing to tell of.
}
