/**
 * How the page is built and served in development.
 *
 * The rule it keeps: everything under `assets/` has its content's hash in its name and lies there
 * compressed, so that the server may cache it for ever and never compresses anything itself.
 * `__CSP_NONCE__` is a placeholder: the server puts a fresh nonce in its place on every answer.
 */
import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig, type Rolldown } from "vite";

import { appManifest } from "./scripts/app-manifest.ts";
import { diagramPage } from "./scripts/diagram-page.ts";
import { embedScript } from "./scripts/embed-script.ts";
import { precompress } from "./scripts/precompress.ts";
import { screensAhead } from "./scripts/screens-ahead.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const server = process.env.TERTULIA_DEV_SERVER ?? "http://127.0.0.1:8321";

/** What is kept together: libraries apart from our code, which changes more often, and what many screens have. */
const GROUPS: Rolldown.CodeSplittingGroup[] = [
  { name: "react", test: /node_modules\/(react|react-dom|scheduler)\// },
  {
    // What the first screen takes of it. All else comes with the screens that need it.
    name: "kit",
    test: /node_modules\/(@mui|@emotion|stylis|clsx|@babel\/runtime)\/|src\/theme\/(no-|own-)/,
    tags: ["$initial"],
  },
  {
    // What it has of a talk, in one piece.
    name: "talk-kit",
    test: /node_modules\/@mui\/material\/(Avatar|Paper|internal\/svg-icons\/Person)/,
  },
  {
    // What every screen asks the server with, and the words of the first: in pieces they would weigh more.
    name: "ground",
    test: new RegExp(
      [
        "node_modules/(@tanstack/(react-query|query-core))/",
        "src/api/(?!tool-|feedback-|file-content|upload|branch-|share-|account-|search-|batch-|trash-|transfer-)",
        "src/i18n/(en/(core|shell|chat)|en|fill|format|index|languages|messages|speech|t)\\.ts",
        // Small things that both a talk and what is loaded into it have.
        "src/components/(paths|disclosure|copy-button|clipboard|visually-hidden|use-shortcut)",
        "src/renderers/(turn-facts|attachments|message-text)",
      ].join("|"),
    ),
  },
  {
    // What lists of sessions and of turns are drawn with, and what sessions are called by: without what those
    // have of the first screen, which would come to stand here with them.
    name: "lists",
    test: new RegExp(
      [
        "node_modules/@tanstack/(react-virtual|virtual-core)/",
        "src/features/sessions/unread-mark",
        "src/i18n/(en/)?sessions\\.ts",
      ].join("|"),
    ),
    includeDependenciesRecursively: false,
  },
  {
    // What can be done with a turn: a talk has it, and what is loaded into one.
    name: "branches",
    test: /src\/(api\/branch-client|i18n\/(en\/)?branches\.ts)/,
    includeDependenciesRecursively: false,
  },
];

/** What every page has by then: scripts that fetch others need not name it. */
const THERE_ALREADY = /\/(index|react|kit|ground|fetch|rolldown-runtime)-[\w-]+\.js$/;

export default defineConfig({
  plugins: [react(), embedScript(), appManifest(), diagramPage(), screensAhead(), precompress()],
  resolve: {
    alias: {
      "@": here("src"),
      // Every browser that the page is built for has it; the parser's tools bring their own.
      "@ungap/structured-clone": here("src/markdown/structured-clone.ts"),
      "use-sync-external-store/shim/index.js": here("src/components/native-store.ts"),
      "./ThemeProviderWithVars.mjs": here("src/theme/no-second-provider.ts"),
      "./defaultTheme.mjs": here("src/theme/no-default-theme.ts"),
      "../styles/defaultTheme.mjs": here("src/theme/no-default-theme.ts"),
      "./TouchRipple.mjs": here("src/theme/no-ripples.ts"),
      "../useLazyRipple/index.mjs": here("src/theme/no-ripples.ts"),
      "@emotion/is-prop-valid": here("src/theme/own-props.ts"),
      "hoist-non-react-statics": here("src/theme/no-statics.ts"),
    },
  },
  html: { cspNonce: "__CSP_NONCE__" },
  server: {
    port: 5173,
    proxy: {
      // The server refuses foreign origins; in development the page is one, so it is made native.
      "/v1": { target: server, changeOrigin: true, headers: { origin: server } },
    },
  },
  build: {
    target: "es2022",
    sourcemap: false,
    manifest: true, // for scripts/sizes.mjs
    assetsDir: "assets",
    assetsInlineLimit: 0, // the page's policy allows no `data:` scripts or fonts
    modulePreload: {
      polyfill: false, // a browser that knows no hints does without them
      resolveDependencies: (_, files, { hostType }) =>
        hostType === "html" ? files : files.filter((file) => !THERE_ALREADY.test(file)),
    },
    reportCompressedSize: false, // scripts/sizes.mjs does it against the budgets
    rolldownOptions: { output: { codeSplitting: { groups: GROUPS } } },
  },
});
