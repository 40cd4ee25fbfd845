/**
 * Which properties of a styled element are not for the browser: the kit's own, by the list that the kit goes by
 * for its parts, too. The styles' library would try each against all that HTML and SVG have. See `vite.config.ts`.
 */
const OWN: ReadonlySet<string> = new Set(["as", "ownerState", "sx", "theme"]);

export default function isPropValid(name: string): boolean {
  return !OWN.has(name);
}
