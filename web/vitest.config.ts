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
      testTimeout: 60_000, // machines that test are often busy ones
      restoreMocks: true,
      unstubGlobals: true,
    },
  }),
);
