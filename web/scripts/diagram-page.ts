/**
 * A Vite plugin that makes `diagram.html`, the page of the frame that draws diagrams, and its one script: Mermaid as it
 * comes, which wants the global scope, and `painter.ts`. Nothing of the page goes into it, and nothing of it into the page.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import type { Plugin } from "vite";

import { oneScript } from "./one-script.ts";

const ENTRY = new URL("../src/diagram/painter.ts", import.meta.url);
const MERMAID = createRequire(import.meta.url).resolve("@mermaid-js/tiny");
const IN_DEVELOPMENT = "/painter-in-development.js";

/** The server puts its nonce in, as it does into the page. */
const page = (script: string) => `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <title>Tertulia</title>
  <body></body>
  <script nonce="__CSP_NONCE__" src="${script}"></script>
</html>
`;

async function painter(): Promise<string> {
  return `${await readFile(MERMAID, "utf8")}\n${await oneScript(ENTRY)}`;
}

export function diagramPage(): Plugin {
  return {
    name: "tertulia:diagram-page",
    async generateBundle() {
      const script = this.emitFile({ type: "asset", name: "painter.js", source: await painter() });
      const source = page(`/${this.getFileName(script)}`);
      this.emitFile({ type: "asset", fileName: "diagram.html", source });
    },
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        if (request.url === "/diagram.html") {
          response.setHeader("content-type", "text/html").end(page(IN_DEVELOPMENT));
        } else if (request.url === IN_DEVELOPMENT) {
          void painter().then((script) =>
            response.setHeader("content-type", "text/javascript").end(script),
          );
        } else next();
      });
    },
  };
}
