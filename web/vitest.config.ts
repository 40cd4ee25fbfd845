/** Unit tests: jsdom, no network but what a test answers itself, nothing of ours patched. */
import { defineConfig, mergeConfig } from "vitest/config";

import page from "./vite.config.ts";

export default mergeConfig(
  page,
  defineConfig({
    test: {
      environment: "jsdom",
      include: ["src/**/*.test.{ts,tsx}"],
      setupFiles: ["src/testing/setup.ts"],
      // Machines that test are often busy ones. See also `asyncUtilTimeout` in setup.ts.
      testTimeout: 240_000,
      hookTimeout: 120_000,
      expect: { poll: { timeout: 60_000 } },
      restoreMocks: true,
      unstubGlobals: true,
    },
  }),
);
