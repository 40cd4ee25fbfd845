/**
 * A Vite plugin that builds `embed.js`, the script of `<tertulia-chat>`: by itself, in one file, under
 * a name that stays, since pages of others name it.
 */
import { fileURLToPath } from "node:url";

import { build, type Plugin } from "vite";

const ENTRY = fileURLToPath(new URL("../src/embed/tertulia-chat.ts", import.meta.url));

export function embedScript(): Plugin {
  return {
    name: "tertulia:embed-script",
    apply: "build",
    async generateBundle() {
      const built = await build({
        configFile: false,
        publicDir: false,
        logLevel: "warn",
        build: {
          write: false,
          target: "es2022",
          lib: { entry: ENTRY, formats: ["iife"], name: "_", fileName: () => "embed.js" },
        },
      });
      const [{ output }] = built as unknown as readonly [
        { readonly output: readonly { code?: string }[] },
      ];
      this.emitFile({ type: "asset", fileName: "embed.js", source: output[0]?.code ?? "" });
    },
  };
}
