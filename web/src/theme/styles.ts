/**
 * Where styles are kept, for each direction of writing.
 *
 * The rule: our own styles are logical (`marginInlineStart`), so they need nothing. The kit's know
 * left and right, and are turned round by a plugin that only a language written from right to left
 * fetches.
 */
import createCache, { type EmotionCache } from "@emotion/cache";

/** The server allows only styles that carry the nonce of this answer; Vite put it into a meta tag. */
export const NONCE = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce;
const OPTIONS = { prepend: true, ...(NONCE && { nonce: NONCE }) };

const leftToRight = createCache({ key: "t", ...OPTIONS });

let rightToLeft: EmotionCache | null = null;

/** Should the plugin not come, the kit's parts stand the other way round, which is better than none. */
export async function stylesFor(direction: "ltr" | "rtl"): Promise<EmotionCache> {
  if (direction === "ltr") return leftToRight;
  return (rightToLeft ??= await turned().catch(() => null)) ?? leftToRight;
}

async function turned(): Promise<EmotionCache> {
  const { default: turn } = await import("@mui/stylis-plugin-rtl");
  return createCache({ key: "r", stylisPlugins: [turn], ...OPTIONS });
}
