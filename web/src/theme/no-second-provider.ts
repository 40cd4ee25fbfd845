/**
 * The kit's own way to switch between schemes, which this page does itself (`mode.ts`, `look.tsx`). The kit's provider
 * names it, and never draws it for the theme that it is given. See `vite.config.ts`.
 */
export function CssVarsProvider(): null {
  return null;
}
