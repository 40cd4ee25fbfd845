/**
 * A Vite plugin that writes `name.gz` and `name.br` next to each text file of the build.
 *
 * `index.html` is left out: the server changes it on every answer, so a stored copy would be wrong.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import type { Plugin } from "vite";

const TEXT = /\.(m?js|css|svg|json|txt|webmanifest)$/;
/** Below this a compressed copy saves less than the round trip's own headers. */
const WORTH_IT = 1024;

const compress = {
  gz: (bytes: Buffer) => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
  br: (bytes: Buffer) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
};

async function writeCopies(path: string): Promise<void> {
  const bytes = await readFile(path);
  if (bytes.length < WORTH_IT) return;
  for (const [suffix, packed] of Object.entries(compress)) {
    await writeFile(`${path}.${suffix}`, await packed(bytes));
  }
}

export function precompress(): Plugin {
  let folder = "dist";
  return {
    name: "tertulia:precompress",
    apply: "build",
    configResolved(config) {
      folder = config.build.outDir;
    },
    async writeBundle() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile() && TEXT.test(entry.name));
      await Promise.all(files.map((file) => writeCopies(join(file.parentPath, file.name))));
    },
  };
}
