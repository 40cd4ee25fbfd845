/**
 * A Vite plugin that has the scripts of a talk fetched along with those of the first screen, where the address names
 * one: `index.html` gets the names of their files, which the page itself would only learn when it runs.
 *
 * The rule it keeps: what an address does not show is not fetched for it.
 */
import type { Plugin, Rollup } from "vite";

/** What draws the screen at an address, beyond the first screen. */
const SCREENS: readonly { readonly path: RegExp; readonly modules: readonly string[] }[] = [
  {
    path: /^\/a\/[^/]+\/s\//,
    modules: [
      "src/features/chat/transcript/transcript-list.tsx",
      "src/markdown/markdown-view.tsx",
      "src/features/sessions/session-list.tsx",
    ],
  },
  {
    path: /^\/share\//,
    modules: ["src/features/shares/shared-page.tsx", "src/markdown/markdown-view.tsx"],
  },
];

const FETCH = `(screens) => {
  for (const [path, files] of screens)
    if (path.test(location.pathname))
      for (const file of files)
        document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href: file }));
}`;

export function screensAhead(): Plugin {
  return {
    name: "tertulia:screens-ahead",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle = {} }) {
        const screens = SCREENS.map(({ path, modules }) => {
          const files = filesOf(bundle, modules).filter((file) => !html.includes(file));
          return `[${String(path)}, ${JSON.stringify(files.map((file) => `/${file}`))}]`;
        });
        const children = `(${FETCH})([${screens.join(", ")}]);`;
        return [{ tag: "script", children, injectTo: "head" }];
      },
    },
  };
}

/** The files of these modules and of all that they import at once. */
function filesOf(bundle: Rollup.OutputBundle, modules: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const add = (file: string) => {
    const chunk = bundle[file];
    if (chunk?.type !== "chunk" || found.has(file)) return;
    found.add(file);
    chunk.imports.forEach(add);
  };
  for (const module of modules) add(fileOf(bundle, module));
  return [...found];
}

function fileOf(bundle: Rollup.OutputBundle, module: string): string {
  const file = Object.values(bundle).find(
    (output) => output.type === "chunk" && output.facadeModuleId?.endsWith(`/${module}`) === true,
  );
  if (file === undefined) throw new Error(`the build has no ${module}`);
  return file.fileName;
}
