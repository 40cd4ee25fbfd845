/** How the package is built: ES modules that leave React and the kit to whoever uses them. */
import { fileURLToPath } from "node:url";

import { readFile } from "node:fs/promises";

import { defineConfig, type Plugin } from "vite";

import page from "../vite.config.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const WORKER = "pdfjs-dist/build/pdf.worker.min.mjs?url";

/** Vite writes files of libraries into their code; this one is a megabyte, and lies beside it. */
function besideTheCode(): Plugin {
  return {
    name: "tertulia:beside-the-code",
    enforce: "pre",
    resolveId: (id) => (id === WORKER ? `\0${WORKER.replace("?url", "")}` : null),
    async load(id) {
      if (id !== `\0${WORKER.replace("?url", "")}`) return null;
      const source = await readFile(here("../node_modules/pdfjs-dist/build/pdf.worker.min.mjs"));
      const file = this.emitFile({ type: "asset", name: "pdf.worker.min.mjs", source });
      return `export default import.meta.ROLLUP_FILE_URL_${file};`;
    },
  };
}

export default defineConfig({
  root: here("."),
  base: "./",
  publicDir: false,
  plugins: [besideTheCode()],
  resolve: page.resolve ?? {},
  build: {
    outDir: here("dist"),
    emptyOutDir: true,
    target: "es2022",
    minify: false,
    lib: { entry: here("index.ts"), formats: ["es"] },
    reportCompressedSize: false,
    rolldownOptions: {
      external: /^(react|react-dom|@mui|@emotion)(\/|$)/,
      output: {
        entryFileNames: "index.js",
        chunkFileNames: "chunks/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
});
