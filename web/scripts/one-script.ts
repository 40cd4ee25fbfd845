/** A script of its own: an entry with all that it imports, in one piece for the global scope, apart from the page's build. */
import { fileURLToPath } from "node:url";

import { build } from "vite";

export async function oneScript(entry: URL): Promise<string> {
  const built = await build({
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    build: {
      write: false,
      target: "es2022",
      lib: {
        entry: fileURLToPath(entry),
        formats: ["iife"],
        name: "_",
        fileName: () => "script.js",
      },
    },
  });
  const [{ output }] = built as unknown as readonly [
    { readonly output: readonly { code?: string }[] },
  ];
  return output[0]?.code ?? "";
}
