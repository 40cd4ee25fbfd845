/**
 * The house rules of the page. The one that is ours: imports run downward only.
 *
 *   app → features → tools → renderers → markdown → forms → components → theme, icons, i18n → turn → storage → api
 *
 * A folder may import from the folders below it, never from above, and no feature imports another.
 * Across folders imports are written `@/folder/…`; within one they are relative.
 */
import { existsSync, readdirSync } from "node:fs";

import js from "@eslint/js";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

const FLOORS = [
  "api",
  "storage",
  "turn",
  "i18n",
  "icons",
  "theme",
  "components",
  "forms",
  "markdown",
  "renderers",
  "tools",
  "features",
  "app",
];

const TESTS = ["src/**/*.test.{ts,tsx}", "src/testing/**"];

const features = existsSync("src/features")
  ? readdirSync("src/features", { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
  : [];

/** Every way to write an import of `folder`, be it a folder or one file. */
const within = (folder) => [`@/${folder}`, `@/${folder}/**`, `@/${folder}.*`, `**/../${folder}/**`];

const forbid = (folders, message) => [
  "error",
  { patterns: folders.length > 0 ? [{ group: folders.flatMap(within), message }] : [] },
];

const floorRules = FLOORS.filter((floor) => floor !== "features").map((floor, level) => ({
  files: [`src/${floor}/**/*.{ts,tsx}`, `src/${floor}*.{ts,tsx}`],
  ignores: TESTS,
  rules: {
    "no-restricted-imports": forbid(
      [...FLOORS.slice(FLOORS.indexOf(floor) + 1), "testing"],
      `${floor} (floor ${String(level)}) imports only from the floors below it.`,
    ),
  },
}));

const featureRules = features.map((feature) => ({
  files: [`src/features/${feature}/**/*.{ts,tsx}`],
  ignores: TESTS,
  rules: {
    "no-restricted-imports": forbid(
      [
        "app",
        "testing",
        ...features
          .filter((other) => other !== feature)
          .flatMap((other) => [other, `features/${other}`]),
      ],
      "A feature imports neither the app nor another feature; what they share lies below them.",
    ),
  },
}));

export default tseslint.config(
  { ignores: ["dist/", "package/dist/", "example/", "coverage/", "src/api/schema.d.ts"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-misused-promises": [
        "error",
        { checksVoidReturn: { attributes: false } },
      ],
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [reactHooks.configs.flat.recommended, jsxA11y.flatConfigs.strict],
    languageOptions: { globals: globals.browser },
    rules: {
      "no-restricted-globals": [
        "error",
        ...["process", "Buffer", "global", "event", "name"].map((name) => ({
          name,
          message: "Not there in a browser, or not what it seems.",
        })),
      ],
    },
  },
  ...floorRules,
  ...featureRules,
  {
    files: TESTS,
    rules: {
      "no-restricted-globals": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  {
    files: ["*.js", "scripts/**/*.{js,mjs}"],
    languageOptions: { globals: globals.node },
    rules: { "no-console": "off" },
  },
);
