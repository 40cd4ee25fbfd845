/**
 * A Vite plugin that builds `embed.js`, the script of `<tertulia-chat>`: by itself, in one file, under
 * a name that stays, since pages of others name it.
 */
import type { Plugin } from "vite";

import { oneScript } from "./one-script.ts";

const ENTRY = new URL("../src/embed/tertulia-chat.ts", import.meta.url);

export function embedScript(): Plugin {
  return {
    name: "tertulia:embed-script",
    apply: "build",
    async generateBundle() {
      this.emitFile({ type: "asset", fileName: "embed.js", source: await oneScript(ENTRY) });
    },
  };
}
